"""From the files of a release to the rows of the tables: pure, no database."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from marketplace.territories import release, rules

# How the files name the kinds.
KINDS = {"arrm": "arrondissement_municipal", "deleguee": "commune_deleguee", "associee": "commune_associee"}
PARTS = tuple(KINDS.values())
# A commune's column in the files, and the kind of territory it names.
ABOVE = {"epci": "epci", "ept": "ept", "arr": "arrondissement", "dep": "departement", "reg": "region"}

Key = tuple[str, str]
Record = Mapping[str, str]
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Tables:
    """Rows ready to be copied, in the column order of `COLUMNS`."""

    territory: list[Row]
    closure: list[Row]
    adjacency: list[Row]
    postal: list[Row]
    alias: list[Row]
    search: list[Row]


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "territory": (
        *("id", "country", "kind", "code", "name", "article", "slug", "sort_key", "population", "lat", "lon"),
        *("point_src", "area_km2", "siren", "nature", "parent_id", "unit_id", "departement_id", "region_id"),
        *("valid_from", "release_id"),
    ),
    "closure": ("ancestor_id", "descendant_id"),
    "adjacency": ("a_id", "b_id", "border_m", "via"),
    "postal": ("country", "postal", "territory_id"),
    "alias": ("country", "old_code", "territory_id", "reason"),
    "search": ("k", "w", "territory_id", "population", "departement"),
}


def build(
    directory: Path, manifest: release.Manifest, known: Mapping[Key, int], first_free: int, release_id: int
) -> Tables:
    """Return the rows of every table.

    known: ids of the country's territories that the database already has; new ones are numbered from first_free.
    """
    records = {(KINDS.get(row["kind"], row["kind"]), row["code"]): row for row in release.rows(directory, "territory")}
    ids = {**known, **dict(zip((key for key in records if key not in known), count(first_free), strict=False))}
    postal = [(row["postal"], _part_or_commune(row["code"], ids)) for row in release.rows(directory, "postal")]
    borders = {(row["a"], row["b"]): int(row["border_m"]) for row in release.rows(directory, "adjacency")}
    old_codes = [(row["old"], row["new"]) for row in release.rows(directory, "old_codes")]
    communes = {code: record for (kind, code), record in records.items() if kind == "commune"}
    # Where a part moved from one new commune to another, the list of old codes still names the first.
    mothers = {code: record["parent"] for (kind, code), record in records.items() if kind in PARTS}
    return Tables(
        territory=_territories(records, ids, communes, manifest, release_id),
        closure=sorted((ids[above], ids[below]) for above, below in _closure(records, communes)),
        adjacency=_adjacency(communes, borders, ids),
        postal=[(manifest.country, code, ids[key]) for code, key in postal],
        alias=[(manifest.country, old, ids["commune", mothers.get(old, new)], "cog") for old, new in old_codes],
        search=_search(records, communes, postal, ids),
    )


def _part_or_commune(code: str, ids: Mapping[Key, int]) -> Key:
    return ("commune", code) if ("commune", code) in ids else ("arrondissement_municipal", code)


def _above(commune: Record) -> list[Key]:
    return [(kind, commune[column]) for column, kind in ABOVE.items() if commune[column]]


def _unit(commune: Record) -> Key:
    return rules.intercommunal_unit(
        epci=commune["epci"], ept=commune["ept"], arrondissement=commune["arr"], departement=commune["dep"]
    )


def _territories(
    records: Mapping[Key, Record],
    ids: Mapping[Key, int],
    communes: Mapping[str, Record],
    manifest: release.Manifest,
    release_id: int,
) -> list[Row]:
    population: Counter[Key] = Counter()
    area: defaultdict[Key, float] = defaultdict(float)
    for commune in communes.values():
        for key in _above(commune):
            population[key] += int(commune["population"] or 0)
            area[key] += float(commune["area_km2"] or 0)

    def row(key: Key, record: Record) -> Row:
        kind, code = key
        mother = communes[record["parent"]] if kind in PARTS else record
        article = int(record["article"]) if record["article"] else None
        headcount = int(record["population"] or 0) if kind == "commune" else _integer(record["population"])
        return (
            ids[key],
            manifest.country,
            kind,
            code,
            record["name"],
            article,
            rules.slug(record["name"]),
            rules.sort_key(record["name"], article),
            population.get(key, headcount),
            _decimal(record["lat"]),
            _decimal(record["lon"]),
            record["point_src"] or None,
            round(area[key], 2) or None if key in area else _decimal(record["area_km2"]),
            record["siren"] or None,
            record["nature"] or None,
            ids["commune", record["parent"]] if kind in PARTS else None,
            ids[_unit(mother)] if kind == "commune" or kind in PARTS else None,
            ids["departement", mother["dep"]] if mother["dep"] else None,
            ids["region", mother["reg"]] if mother["reg"] else None,
            manifest.released_on,
            release_id,
        )

    return [row(key, record) for key, record in records.items()]


def _integer(text: str) -> int | None:
    return int(text) if text else None


def _decimal(text: str) -> float | None:
    return float(text) if text else None


def _closure(records: Mapping[Key, Record], communes: Mapping[str, Record]) -> set[tuple[Key, Key]]:
    """Return (outer, inner) pairs, each territory with itself included.

    An EPCI or EPT lies inside a département, région or Métropole when all its communes do.
    """
    pairs = {(key, key) for key in records}
    inside: dict[Key, set[Key]] = {}
    for code, commune in communes.items():
        above = _above(commune)
        pairs.update((key, ("commune", code)) for key in above)
        for key in above:
            if key[0] in {"epci", "ept"}:
                inside.setdefault(key, set(above)).intersection_update(above)
    for key, shared in inside.items():
        pairs.update((outer, key) for outer in shared if outer[0] != "arrondissement")
    for (kind, code), record in records.items():
        if kind in PARTS:
            above = [("commune", record["parent"]), *_above(communes[record["parent"]])]
        elif kind in {"arrondissement", "departement"}:
            above = _above(record)
        else:
            continue
        pairs.update((outer, (kind, code)) for outer in above)
    return pairs


def _adjacency(
    communes: Mapping[str, Record], borders: Mapping[tuple[str, str], int], ids: Mapping[Key, int]
) -> list[Row]:
    links = [(a, b, metres, "terre") for (a, b), metres in borders.items()]
    links += [(a, b, 0, "mer") for a, b in across_the_sea(communes, borders)]
    both = [*links, *((b, a, metres, via) for a, b, metres, via in links)]
    return sorted((ids["commune", a], ids["commune", b], metres, via) for a, b, metres, via in both)


def across_the_sea(communes: Mapping[str, Record], borders: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return each island commune without a land neighbour, with the nearest commune of its département's mainland.

    The mainland of a département is the largest group of communes that touch one another and reach into it. Communes
    without a point are left out: nothing is known of where they are.
    """
    touching: defaultdict[str, set[str]] = defaultdict(set)
    for a, b in borders:
        touching[a].add(b)
        touching[b].add(a)
    group = _groups(touching)
    size = Counter(group.values())
    shores: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for code, name in group.items():
        shores[communes[code]["dep"]][name].append(code)
    pairs = []
    for code, island in communes.items():
        if code not in touching and island["lat"] and shores[island["dep"]]:
            around = shores[island["dep"]]
            mainland = around[max(around, key=lambda name: (size[name], name))]
            pairs.append((code, min(mainland, key=lambda other: (_distance(island, communes[other]), other))))
    return pairs


def _distance(a: Record, b: Record) -> float:
    return rules.great_circle_km(float(a["lat"]), float(a["lon"]), float(b["lat"]), float(b["lon"]))


def _groups(touching: Mapping[str, set[str]]) -> dict[str, str]:
    """Return for each commune the first commune of the group that it reaches by land."""
    group: dict[str, str] = {}
    for start in touching:
        if start in group:
            continue
        group[start] = start
        waiting = [start]
        while waiting:
            for other in touching[waiting.pop()]:
                if other not in group:
                    group[other] = start
                    waiting.append(other)
    return group


def _search(
    records: Mapping[Key, Record],
    communes: Mapping[str, Record],
    postal: Iterable[tuple[str, Key]],
    ids: Mapping[Key, int],
) -> list[Row]:
    """Return the search keys of communes and of their parts; a part named like its commune has none."""
    found: set[tuple[str, int, Key]] = set()
    for key, record in records.items():
        if key[0] in PARTS and rules.normalise(record["name"]) == rules.normalise(communes[record["parent"]]["name"]):
            continue
        if key[0] == "commune" or key[0] in PARTS:
            article = _integer(record["article"])
            found.update((text, weight, key) for text, weight in rules.search_keys(record["name"], article))
    found.update((code, 0, key) for code, key in postal)

    def row(text: str, weight: int, key: Key) -> Row:
        mother = communes[records[key]["parent"]] if key[0] in PARTS else records[key]
        return text, weight, ids[key], int(records[key]["population"] or 0), mother["dep"]

    return sorted(row(*key) for key in found)
