"""Finding a commune from what a person types: a name or a postal code, whole or begun, with or without a slip."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, Select, Subquery, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from marketplace.territories import rules
from marketplace.territories.models import Territory, TerritoryPostal, TerritoryRelease, TerritorySearch

COUNTRY = "FR"
# More than the namesakes of any name (12) and the communes of any postal code (46).
MOST_NAMESAKES = 60
# Below so many hits, names that resemble what was typed are offered too; 0 to 100, rapidfuzz's ratio.
FEW_HITS = 3
RESEMBLANCE = 78
SHORTEST_RESEMBLED = 4

_PART_OF = {"commune_deleguee": "commune déléguée", "commune_associee": "commune associée"}


@dataclass(frozen=True)
class Match:
    """A commune, or a part of one, that fits what was typed.

    commune_code: of the commune, also when a part of it was found. kind: of what was found. label: its name, with what
    tells it from its namesakes; detail: postal codes, then the intercommunality or, for a part, the département.
    inhabited: whether anybody lives in the commune.
    """

    commune_code: str
    label: str
    detail: str
    kind: str
    name: str
    departement_code: str
    departement_name: str
    postal_codes: tuple[str, ...]
    inhabited: bool


@dataclass(frozen=True)
class Resolution:
    """What a typed text means. code: the commune, when there is only one; else the person chooses among matches.

    matches: at most one of each commune. exact: they are called exactly what was typed; otherwise they begin like it
    or resemble it.
    """

    code: str | None
    matches: tuple[Match, ...]
    exact: bool


def search(session: Session, text: str, limit: int = 8, near_departement: str | None = None) -> list[Match]:
    """Return what fits a text being typed, best first: same name, then same département, then more inhabitants.

    text: anything, of any length. near_departement: code, of where the person is. One statement; two where nothing
    begins with the text; two more where fewer than three things do and the text has four letters.
    """
    keys = rules.typed_keys(text)
    if not keys:
        return []
    matches = _begins(session, keys, limit, near_departement)
    if not matches:
        whole, begun = _qualified(session, keys[0], near_departement)
        if whole or begun:
            return [*whole, *begun][:limit]
    if len(matches) < FEW_HITS and _may_be_misspelt(keys[0], matches):
        seen = {(match.kind, match.label) for match in matches}
        resembling = _resembling(session, keys[0], limit, near_departement)
        matches += [match for match in resembling if (match.kind, match.label) not in seen]
    return matches[:limit]


def resolve(session: Session, text: str, near_departement: str | None = None, *, guess: bool = True) -> Resolution:
    """Return the commune that a whole text names, or those to choose from.

    "86000", "Poitiers", "poitiers (vienne)", "86000 Poitiers", "Paris 12e", a label of `search`. guess: where it names
    nothing, look for what begins like it or resembles it. At most four statements, two without guessing.
    """
    keys = rules.typed_keys(text)
    if not keys:
        return Resolution(None, (), exact=False)
    matches = _called(session, keys[:1], near_departement) or _qualified(session, keys[0], near_departement)[0]
    # "Vergné (Charente-Maritime)" is nobody's name but its own, although La Vergne is there too.
    labelled = [match for match in matches if rules.normalise(match.label) == keys[0]]
    matches = labelled if len(labelled) == 1 else matches
    exact = bool(matches)
    one_each: dict[str, Match] = {}
    if not matches and guess:
        matches = search(session, text, near_departement=near_departement)
    for match in matches:
        one_each.setdefault(match.commune_code, match)
    code = next(iter(one_each)) if exact and len(one_each) == 1 else None
    return Resolution(code, tuple(one_each.values()), exact)


def _may_be_misspelt(key: str, matches: Sequence[Match]) -> bool:
    if len(key) < SHORTEST_RESEMBLED or key.replace(" ", "").isdigit():
        return False
    names = [rules.normalise(match.name) for match in matches]
    return not any(key in (name, name.partition(" ")[2]) for name in names)


def _ranked(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the statement for the best hits of a condition; parameters: exact, near, most, those of the condition."""
    key = TerritorySearch
    hits = (
        select(
            key.territory_id,
            func.bool_or(key.k.in_(bindparam("exact", expanding=True))).label("exact"),
            func.bool_or(key.departement == bindparam("near")).label("near"),
            func.min(key.w).label("w"),
            func.max(key.population).label("population"),
        )
        .where(condition)
        .group_by(key.territory_id)
    )

    def order(columns: Any) -> tuple[ColumnElement[Any], ...]:
        ranks = (columns.exact.desc(), columns.near.desc(), columns.w, columns.population.desc())
        return (*ranks, columns.territory_id)

    best = hits.order_by(*order(hits.selected_columns)).limit(bindparam("most")).subquery()
    return _described(best, order(best.c))


def _described(hits: Subquery, order: Iterable[ColumnElement[Any]]) -> Select[*tuple[Any, ...]]:
    """Return the statement that says of each hit what a `Match` holds, in order."""
    mother, departement, unit = aliased(Territory), aliased(Territory), aliased(Territory)
    served = case((Territory.kind == "arrondissement_municipal", Territory.id), else_=mother.id)
    postal_codes = (
        select(func.array_agg(aggregate_order_by(TerritoryPostal.postal, TerritoryPostal.postal)))
        .where(TerritoryPostal.territory_id == served)
        .scalar_subquery()
    )
    return (
        select(
            Territory.kind,
            Territory.name,
            mother.code.label("commune_code"),
            mother.name.label("commune_name"),
            mother.article.label("commune_article"),
            (mother.population > 0).label("inhabited"),
            departement.code.label("departement_code"),
            departement.name.label("departement_name"),
            unit.name.label("unit_name"),
            postal_codes.label("postal_codes"),
        )
        .select_from(hits)
        .join(Territory, Territory.id == hits.c.territory_id)
        .join(mother, mother.id == func.coalesce(Territory.parent_id, Territory.id))
        .join(departement, departement.id == mother.departement_id)
        .join(unit, unit.id == mother.unit_id)
        .order_by(*order)
    )


def _between(start: str, end: str) -> ColumnElement[bool]:
    return and_(TerritorySearch.k >= bindparam(start), TerritorySearch.k < bindparam(end))


# Written once: composing them anew takes longer than PostgreSQL needs to answer.
_BEGINNING = _ranked(or_(_between("start", "end"), _between("other_start", "other_end")))
_CALLED = _ranked(and_(TerritorySearch.k.in_(bindparam("exact", expanding=True)), TerritorySearch.w == 0))


def _begins(session: Session, keys: Sequence[str], limit: int, near: str | None) -> list[Match]:
    """Return what begins with one of at most two keys. One statement."""

    def end(key: str) -> str:
        # "~" sorts after all that keys hold. One letter begins thousands of names: it only finds the commune of Y.
        return key + ("~" if len(key) > 1 else "\x01")

    ranges = {"start": keys[0], "end": end(keys[0]), "other_start": keys[-1], "other_end": end(keys[-1])}
    rows = session.execute(_BEGINNING, {**ranges, "exact": keys, "near": near or "", "most": limit})
    return [_match(row) for row in rows]


def _called(session: Session, keys: Sequence[str], near: str | None) -> list[Match]:
    """Return everything that has one of the keys for a name or postal code. One statement."""
    rows = session.execute(_CALLED, {"exact": keys, "near": near or "", "most": MOST_NAMESAKES})
    return [_match(row) for row in rows]


def _match(row: Any) -> Match:
    postal_codes = tuple(row.postal_codes or ())
    whose, context = row.departement_name, row.unit_name
    if row.kind in _PART_OF:
        whose = f"{_PART_OF[row.kind]} {rules.of(row.commune_name, row.commune_article)}"
        context = row.departement_name
    # A few communes have dozens of postal codes.
    codes = ", ".join(postal_codes) if len(postal_codes) <= 3 else f"{postal_codes[0]} – {postal_codes[-1]}"
    return Match(
        commune_code=row.commune_code,
        label=f"{row.name} ({whose})",
        detail=" · ".join(part for part in (codes, context) if part),
        kind=row.kind,
        name=row.name,
        departement_code=row.departement_code,
        departement_name=row.departement_name,
        postal_codes=postal_codes,
        inhabited=row.inhabited,
    )


def _qualified(session: Session, key: str, near: str | None) -> tuple[list[Match], list[Match]]:
    """Return what is called by the beginning of the key and told apart by its end: a whole word for it, or one begun.

    "poitiers vienne", "saint denis 93", "86000 poitiers", "touzac commune deleguee". At most one statement.
    """
    cuts = rules.beginnings(key)
    if not cuts:
        return [], []
    candidates = _called(session, [beginning for beginning, _ in cuts], near)
    whole, begun = [], []
    for match in candidates:
        ends = [(rest, end) for beginning, rest in cuts for end in _ends(match, beginning)]
        if any(rest == end for rest, end in ends):
            whole.append(match)
        elif any(end.startswith(rest) for rest, end in ends):
            begun.append(match)
    return whole, begun


def _ends(match: Match, beginning: str) -> tuple[str, ...]:
    """Return what may follow the beginning of a key that a match is called by."""
    name = rules.normalise(match.name)
    if beginning in match.postal_codes:
        return (name,)
    if not name.endswith(beginning):  # the key may lack the article before the name
        return ()
    departement = rules.normalise(match.departement_name)
    qualifier = rules.normalise(match.label).removeprefix(name).strip()
    places = (departement, departement.removeprefix("la "), match.departement_code.lower())
    return (qualifier, *places, *match.postal_codes)


# Names by release, for slips of the pen: read once by each process, again when a release replaced the last.
_names: dict[str, tuple[list[str], list[int]]] = {}


def _resembling(session: Session, key: str, limit: int, near: str | None) -> list[Match]:
    """Return what is called nearly like the key. Two statements, and one more the first time."""
    fingerprint = session.scalars(
        select(TerritoryRelease.fingerprint).order_by(TerritoryRelease.released_on.desc(), TerritoryRelease.id).limit(1)
    ).one_or_none()
    if fingerprint is None:
        return []
    if fingerprint not in _names:
        wanted = select(TerritorySearch.k, TerritorySearch.territory_id).where(TerritorySearch.w == 0)
        rows = session.execute(wanted.where(TerritorySearch.k >= "a").order_by(TerritorySearch.k)).all()
        _names.clear()
        _names[fingerprint] = [name for name, _ in rows], [number for _, number in rows]
    names, numbers = _names[fingerprint]
    close = process.extract(key, names, scorer=fuzz.ratio, score_cutoff=RESEMBLANCE, limit=limit * 2)
    if not close:
        return []
    scores: dict[int, int] = {}
    for _, score, index in close:
        scores[numbers[index]] = max(round(score), scores.get(numbers[index], 0))
    ranked = case(scores, value=TerritorySearch.territory_id, else_=0)
    hits = (
        select(
            TerritorySearch.territory_id,
            ranked.label("score"),
            func.bool_or(TerritorySearch.departement == (near or "")).label("near"),
            func.max(TerritorySearch.population).label("population"),
        )
        .where(TerritorySearch.territory_id.in_(scores))
        .group_by(TerritorySearch.territory_id)
        .subquery()
    )
    order = (hits.c.score.desc(), hits.c.near.desc(), hits.c.population.desc(), hits.c.territory_id)
    return [_match(row) for row in session.execute(_described(hits, order).limit(limit))]
