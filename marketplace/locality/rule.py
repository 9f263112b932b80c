"""A rule as it is written: versioned JSON, read into values, with an error at the place where it is wrong.

The schema is in docs/local-to-local.md. Format 1 (one ring, no phase, no quota) is still read: published rules last.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from marketplace.locality.model import (
    ACCEPTED_LINKS,
    FRIENDLY_LINKS,
    LINK_KINDS,
    LOCAL_MEMBERS,
    Ceiling,
    Match,
    MinPeople,
    MinShare,
    Phase,
    Reserve,
    Ring,
)

T = TypeVar("T")
FORMATS = (1, 2)
MOST_RINGS = 5
MOST_DAYS = 90
MOST_CENTS = 1_000_000_00
RELATED_PERCENT = 20
_PARIS = ZoneInfo("Europe/Paris")
_INSTANT = timedelta(microseconds=1)
_KEYS = frozenset(
    {
        "format",
        "preset",
        "around",
        "rings",
        "phases",
        "quotas",
        "matching",
        "accepts",
        "association_members",
        "public_units",
        "related_percent",
    }
)


class RuleError(ValueError):
    """The rule cannot be read. code: reason; path: where, as "rings.0.cap_cents"; facts: what the sentence needs."""

    def __init__(self, code: str, path: str, **facts: Any) -> None:
        super().__init__(f"{code} at {path or 'the top'}")
        self.code = code
        self.path = path
        self.facts = facts


@dataclass(frozen=True)
class RingTerms:
    """A ring before its zone is compiled. The rest as `model.Ring`."""

    zone: Mapping[str, Any]
    minimum_level: int = 1
    name: str = ""
    cap_cents: int | None = None
    minimum_cents: int | None = None
    rate_bp: int | None = None

    def ring(self, communes: frozenset[str]) -> Ring:
        """Return the ring of a compiled zone."""
        return Ring(
            communes,
            self.minimum_level,
            name=self.name,
            cap_cents=self.cap_cents,
            minimum_cents=self.minimum_cents,
            rate_bp=self.rate_bp,
        )


@dataclass(frozen=True)
class Turn:
    """For so many days, rings up to ``ring`` may pledge; the last turn lasts until the end: days is None."""

    ring: int
    days: int | None


@dataclass(frozen=True)
class Keep:
    """A reserve before the opening is known. days: from the opening, None for the whole campaign."""

    ring: int
    amount_cents: int
    days: int | None


@dataclass(frozen=True)
class Lid:
    """A ceiling before the goal is known: one of the two. percent: of the goal, 1 to 100."""

    ring: int
    amount_cents: int | None
    percent: int | None

    def ceiling(self, goal_cents: int) -> Ceiling:
        """Return the ceiling of a campaign; a share of a goal is rounded down to a cent."""
        if self.amount_cents is not None:
            return Ceiling(self.ring, self.amount_cents)
        return Ceiling(self.ring, goal_cents * (self.percent or 0) // 100)


@dataclass(frozen=True)
class Rule:
    """What an owner decided, ready to meet zones and dates. accepts: links that count, by kind of investor."""

    preset: str
    around: str
    rings: tuple[RingTerms, ...]
    turns: tuple[Turn, ...] = ()
    min_shares: tuple[MinShare, ...] = ()
    reserves: tuple[Keep, ...] = ()
    ceilings: tuple[Lid, ...] = ()
    min_people: tuple[MinPeople, ...] = ()
    matches: tuple[Match, ...] = ()
    accepts: Mapping[str, frozenset[str]] = field(default_factory=lambda: ACCEPTED_LINKS)
    members: int = LOCAL_MEMBERS
    public_units: frozenset[str] = frozenset()
    related_percent: int | None = None

    def days_in_turn(self) -> int:
        """Return after how many days the widest ring opens."""
        return sum(turn.days or 0 for turn in self.turns)

    def offer_terms(
        self, zones: Sequence[frozenset[str]], *, opens_at: datetime, closes_at: datetime, goal_cents: int
    ) -> dict[str, Any]:
        """Return what an `Offer` takes from the rule. zones: compiled, one for each ring, innermost first."""
        return {
            "rings": tuple(terms.ring(zone) for terms, zone in zip(self.rings, zones, strict=True)),
            "phases": self.phases(opens_at),
            "min_shares": self.min_shares,
            "reserves": tuple(
                Reserve(one.ring, one.amount_cents, closes_at if one.days is None else midnight(opens_at, one.days))
                for one in self.reserves
            ),
            "ceilings": tuple(one.ceiling(goal_cents) for one in self.ceilings),
            "min_people": self.min_people,
            "matches": self.matches,
            "accepts": self.accepts,
            "members": self.members,
            "public_units": self.public_units,
            "related_cap_cents": None if self.related_percent is None else goal_cents * self.related_percent // 100,
        }

    def phases(self, opens_at: datetime) -> tuple[Phase, ...]:
        """Return the phases of a campaign that opens at an instant; each ends at a midnight of Paris."""
        found, days = [], 0
        for turn in self.turns:
            found.append(Phase(midnight(opens_at, days) if days else opens_at, turn.ring))
            days += turn.days or 0
        return tuple(found)


def midnight(start: datetime, days: int) -> datetime:
    """Return the midnight of Paris that ends the last of so many days, the first one whole from a start on."""
    # What starts at midnight has its own day whole.
    day = (start - _INSTANT).astimezone(_PARIS).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(), _PARIS).astimezone(start.tzinfo)


def parse(written: object) -> Rule:
    """Read a rule. Raises RuleError. Zones are read when they are compiled."""
    top = _object(written, "")
    _only(top, _KEYS, "")
    if top.get("format") not in FORMATS:
        raise RuleError("rule_format_unknown", "format")
    rings = tuple(_ring(value, f"rings.{index}") for index, value in enumerate(_list(top, "rings", "", MOST_RINGS)))
    if not rings:
        raise RuleError("rule_without_ring", "rings")
    turns = _turns(top, len(rings))
    quotas = [_quota(value, f"quotas.{index}", len(rings)) for index, value in enumerate(_list(top, "quotas", ""))]
    related = _integer(top, "related_percent", "", 0, 100)
    return Rule(
        preset=_text(top, "preset", ""),
        around=_text(top, "around", ""),
        rings=rings,
        turns=turns,
        min_shares=_of(MinShare, quotas),
        reserves=_of(Keep, quotas),
        ceilings=_of(Lid, quotas),
        min_people=_of(MinPeople, quotas),
        matches=tuple(
            _match(value, f"matching.{index}", len(rings)) for index, value in enumerate(_list(top, "matching", ""))
        ),
        accepts=_accepts(top.get("accepts"), len(rings)),
        members=_integer(top, "association_members", "", 1, 10_000) or LOCAL_MEMBERS,
        public_units=frozenset(_texts(top.get("public_units", []), "public_units")),
        related_percent=related,
    )


def check_zones(zones: Sequence[frozenset[str]]) -> None:
    """Refuse rings that would surprise. zones: as written, before each is joined to those inside it.

    Raises RuleError: ring_empty; ring_adds_nobody (two rings the wrong way round, or twice the same).
    """
    inner: frozenset[str] = frozenset()
    for index, zone in enumerate(zones):
        if not zone:
            raise RuleError("ring_empty", f"rings.{index}.zone", number=index + 1)
        if zone <= inner:
            raise RuleError("ring_adds_nobody", f"rings.{index}.zone", number=index + 1)
        inner |= zone


def _ring(value: object, path: str) -> RingTerms:
    ring = _object(value, path)
    _only(ring, {"zone", "minimum_level", "name", "cap_cents", "minimum_cents", "rate_bp"}, path)
    level = _integer(ring, "minimum_level", path, 0, 3)
    cap = _integer(ring, "cap_cents", path, 1, MOST_CENTS)
    minimum = _integer(ring, "minimum_cents", path, 1, MOST_CENTS)
    if cap is not None and minimum is not None and minimum > cap:
        raise RuleError("ring_minimum_over_cap", f"{path}.minimum_cents")
    return RingTerms(
        zone=_object(ring.get("zone"), f"{path}.zone"),
        minimum_level=1 if level is None else level,
        name=_text(ring, "name", path),
        cap_cents=cap,
        minimum_cents=minimum,
        rate_bp=_integer(ring, "rate_bp", path, 0, 10_000),
    )


def _turns(top: Mapping[str, Any], rings: int) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    values = _list(top, "phases", "")
    for index, value in enumerate(values):
        path = f"phases.{index}"
        phase = _object(value, path)
        _only(phase, {"ring", "days"}, path)
        turn = Turn(_ring_number(phase, path, rings), _integer(phase, "days", path, 1, MOST_DAYS))
        if turns and turn.ring < turns[-1].ring:
            raise RuleError("phase_narrows", f"{path}.ring", number=index + 1)
        if (turn.days is None) != (index == len(values) - 1):
            raise RuleError("phase_days", f"{path}.days", number=index + 1)
        turns.append(turn)
    if turns and turns[-1].ring != rings - 1:
        raise RuleError("phases_stop_short", f"phases.{len(turns) - 1}.ring")
    return tuple(turns)


def _quota(value: object, path: str, rings: int) -> object:
    quota = _object(value, path)
    kind = quota.get("kind")
    if not isinstance(kind, str) or kind not in _QUOTAS:
        raise RuleError("quota_unknown", f"{path}.kind")
    keys, read = _QUOTAS[kind]
    _only(quota, {"kind", "ring", *keys}, path)
    ring = _ring_number(quota, path, rings)
    if kind in {"min_share", "ceiling"} and ring == rings - 1:
        raise RuleError("quota_for_everyone", f"{path}.ring")
    return read(quota, path, ring)


def _amount(quota: Mapping[str, Any], path: str) -> int:
    return _required(_integer(quota, "amount_cents", path, 0, MOST_CENTS), f"{path}.amount_cents")


def _lid(quota: Mapping[str, Any], path: str, ring: int) -> Lid:
    amount = _integer(quota, "amount_cents", path, 0, MOST_CENTS)
    percent = _integer(quota, "percent", path, 1, 100)
    if (amount is None) == (percent is None):
        raise RuleError("ceiling_one_of_two", f"{path}.amount_cents")
    return Lid(ring, amount, percent)


_QUOTAS: Mapping[str, tuple[frozenset[str], Callable[[Mapping[str, Any], str, int], object]]] = {
    "min_share": (
        frozenset({"percent"}),
        lambda quota, path, ring: MinShare(
            ring, _required(_integer(quota, "percent", path, 1, 100), f"{path}.percent")
        ),
    ),
    "reserve": (
        frozenset({"amount_cents", "days"}),
        lambda quota, path, ring: Keep(ring, _amount(quota, path), _integer(quota, "days", path, 1, MOST_DAYS)),
    ),
    "ceiling": (frozenset({"amount_cents", "percent"}), _lid),
    "min_people": (
        frozenset({"people"}),
        lambda quota, path, ring: MinPeople(
            ring, _required(_integer(quota, "people", path, 1, 1_000_000), f"{path}.people")
        ),
    ),
}


def _match(value: object, path: str, rings: int) -> Match:
    match = _object(value, path)
    _only(match, {"fund", "ring", "percent", "per_person_cents", "total_cents"}, path)
    return Match(
        fund=_required(_text(match, "fund", path) or None, f"{path}.fund"),
        ring=_ring_number(match, path, rings),
        percent=_required(_integer(match, "percent", path, 1, 1_000), f"{path}.percent"),
        per_person_cents=_required(
            _integer(match, "per_person_cents", path, 1, MOST_CENTS), f"{path}.per_person_cents"
        ),
        total_cents=_required(_integer(match, "total_cents", path, 1, MOST_CENTS), f"{path}.total_cents"),
    )


def _accepts(value: object, rings: int) -> Mapping[str, frozenset[str]]:
    if value is None:
        return ACCEPTED_LINKS
    given = _object(value, "accepts")
    _only(given, ACCEPTED_LINKS, "accepts")
    found = {kind: frozenset(_texts(links, f"accepts.{kind}")) for kind, links in given.items()}
    for kind, links in found.items():
        if links - LINK_KINDS:
            raise RuleError("link_unknown", f"accepts.{kind}", kind=min(links - LINK_KINDS))
        if links & FRIENDLY_LINKS and rings == 1:
            raise RuleError("link_needs_outer_ring", f"accepts.{kind}", kind=min(links & FRIENDLY_LINKS))
    return found


def _of(kind: type[T], quotas: Iterable[object]) -> tuple[T, ...]:
    return tuple(quota for quota in quotas if isinstance(quota, kind))


def _object(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RuleError("rule_unreadable", path)
    return value


def _only(value: Mapping[str, Any], keys: Iterable[str], path: str) -> None:
    for key in value:
        if key not in keys:
            raise RuleError("rule_unknown_key", f"{path}.{key}".strip("."), key=str(key)[:40])


def _list(value: Mapping[str, Any], key: str, path: str, most: int = 20) -> Sequence[Any]:
    found = value.get(key, [])
    if not isinstance(found, list):
        raise RuleError("rule_unreadable", f"{path}.{key}".strip("."))
    if len(found) > most:
        raise RuleError("rule_too_long", f"{path}.{key}".strip("."), most=most)
    return found


def _text(value: Mapping[str, Any], key: str, path: str) -> str:
    found = value.get(key, "")
    if not isinstance(found, str) or len(found) > 200:
        raise RuleError("rule_unreadable", f"{path}.{key}".strip("."))
    return found


def _texts(value: object, path: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise RuleError("rule_unreadable", path)
    return value


def _integer(value: Mapping[str, Any], key: str, path: str, low: int, high: int) -> int | None:
    found = value.get(key)
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool) or not low <= found <= high:
        raise RuleError("rule_number", f"{path}.{key}".strip("."), low=low, high=high)
    return found


def _required(value: T | None, path: str) -> T:
    if value is None:
        raise RuleError("rule_incomplete", path)
    return value


def _ring_number(value: Mapping[str, Any], path: str, rings: int) -> int:
    number = _required(_integer(value, "ring", path, 0, MOST_RINGS), f"{path}.ring")
    if number >= rings:
        raise RuleError("ring_unknown", f"{path}.ring", most=rings)
    return number
