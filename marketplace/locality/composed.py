"""A rule as an owner composes it: rings, the day each opens, quotas; and the JSON they make, presets included.

Amounts in cents; days are counted from the opening. Source: docs/local-to-local.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, TypeAlias

from marketplace.locality.model import ACCEPTED_LINKS
from marketplace.locality.rule import MOST_CENTS, MOST_DAYS, MOST_RINGS

Zone: TypeAlias = dict[str, Any]
# What a problem says: (field, reason code, figures of its sentence).
Wrong: TypeAlias = tuple[str, str, dict[str, Any]]

ZONES = (
    "commune",
    "commune_and_neighbours",
    "epci",
    "departement",
    "departement_and_bordering",
    "region",
    "france",
    "radius",
    "communes",
    "projet",
    "island",
)
QUOTAS = ("min_share", "reserve", "ceiling", "min_people")
RADIUS_KM = range(1, 101)
MOST_COMMUNES = 200
MOST_PEOPLE = 10_000
PROOFS = range(1, 4)


@dataclass(frozen=True)
class Place:
    """Where a project is, in codes. epci_kind: what stands for the intercommunal level there."""

    commune_code: str
    epci_code: str
    epci_kind: str
    departement_code: str
    region_code: str


@dataclass(frozen=True)
class RingChoice:
    """One circle, from the innermost. zone: of `ZONES`; radius_km, communes, projet: what some of them need.

    neighbours: the communes that touch the project's are added. proof: level asked for. opens_after: in how many days
    it opens, None or 0 with the campaign.
    """

    zone: str = ""
    radius_km: int | None = None
    communes: tuple[str, ...] = ()
    projet: str | None = None
    neighbours: bool = False
    proof: int = 1
    cap_cents: int | None = None
    minimum_cents: int | None = None
    opens_after: int | None = None

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "RingChoice":
        """Read what `written` wrote."""
        return cls(**{**values, "communes": tuple(values.get("communes", ()))})


@dataclass(frozen=True)
class QuotaChoice:
    """One quota. kind: of `QUOTAS`; ring: the circle it favours, from 0. The others: what the kind needs."""

    kind: str
    ring: int | None = None
    percent: int | None = None
    amount_cents: int | None = None
    days: int | None = None
    people: int | None = None

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "QuotaChoice":
        """Read what `written` wrote."""
        return cls(**values)


def written(choice: RingChoice | QuotaChoice) -> dict[str, Any]:
    """Return a choice as JSON values, without those that say nothing."""
    return {
        item.name: list(value) if isinstance(value, tuple) else value
        for item in fields(choice)
        if (value := getattr(choice, item.name)) != item.default
    }


def rule(
    place: Place,
    rings: Sequence[RingChoice],
    quotas: Sequence[QuotaChoice],
    *,
    related_percent: int,
    workers: bool = False,
    people_only: bool = False,
) -> dict[str, Any]:
    """Return what circles and quotas without `problems` say in the JSON of a rule.

    workers: people who work there count as those who live there; people_only: no organisation does.
    """
    made: dict[str, Any] = {
        "around": place.commune_code,
        "rings": [_ring(place, choice) for choice in rings],
        "quotas": [written(choice) for choice in quotas],
        "related_percent": related_percent,
    }
    if workers or people_only:
        made["accepts"] = _accepts(workers=workers, people_only=people_only)
    turns = _turns([choice.opens_after or 0 for choice in rings])
    return made | ({"phases": turns} if turns else {})


def _accepts(*, workers: bool, people_only: bool) -> dict[str, list[str]]:
    counted = {kind: links for kind, links in ACCEPTED_LINKS.items() if kind == "person" or not people_only}
    if workers:
        counted["person"] = counted["person"] | {"work"}
    return {kind: sorted(links) for kind, links in counted.items()}


def days_before_all(rings: Sequence[RingChoice]) -> int:
    """Return after how many days the widest circle opens."""
    return max((choice.opens_after or 0 for choice in rings), default=0)


def problems(rings: Sequence[RingChoice], quotas: Sequence[QuotaChoice]) -> list[Wrong]:
    """Return what keeps circles and quotas from making a rule. Fields: "rings-1-opens_after", "min_share-percent"."""
    found: list[Wrong] = [] if len(rings) <= MOST_RINGS else [("rings", "rule_too_long", {"most": MOST_RINGS})]
    before = 0
    for number, choice in enumerate(rings):
        found += [(f"rings-{number}-{name}", code, facts) for name, code, facts in _ring_problems(choice)]
        opens = choice.opens_after or 0
        if number == 0 and opens:
            found.append(("rings-0-opens_after", "ring_first_waits", {}))
        elif not 0 <= opens <= MOST_DAYS:
            found.append((f"rings-{number}-opens_after", "rule_number", {"low": 0, "high": MOST_DAYS}))
        elif opens < before:
            found.append((f"rings-{number}-opens_after", "ring_opens_too_soon", {"number": number + 1, "days": before}))
        before = max(before, opens)
    for quota in quotas:
        found += [(f"{quota.kind}-{name}", code, facts) for name, code, facts in _quota_problems(quota, len(rings))]
    return found


def _ring(place: Place, choice: RingChoice) -> dict[str, Any]:
    zone = _zone(place, choice)
    if choice.neighbours:
        zone = {"op": "union", "of": [zone, _near(_one("commune", place.commune_code), "commune")]}
    ring: dict[str, Any] = {"zone": zone, "minimum_level": choice.proof}
    terms = {"cap_cents": choice.cap_cents, "minimum_cents": choice.minimum_cents}
    return ring | {name: value for name, value in terms.items() if value is not None}


def _zone(place: Place, choice: RingChoice) -> Zone:
    commune, departement = _one("commune", place.commune_code), _one("departement", place.departement_code)
    zones: dict[str, Zone] = {
        "commune": commune,
        "commune_and_neighbours": _near(commune, "commune"),
        "epci": _one(place.epci_kind, place.epci_code),
        "departement": departement,
        "departement_and_bordering": _near(departement, "departement"),
        "region": _one("region", place.region_code),
        "france": {"op": "france"},
        "radius": {"op": "within", "around": place.commune_code, "km": choice.radius_km, "by": "centre"},
        "communes": {"op": "commune", "codes": sorted(choice.communes)},
        "projet": {"op": "projet", "codes": [choice.projet]},
        "island": {"op": "island", "of": commune},
    }
    return zones[choice.zone]


def _one(kind: str, code: str) -> Zone:
    return {"op": kind, "codes": [code]}


def _near(zone: Zone, level: str) -> Zone:
    return {"op": "near", "of": zone, "level": level, "steps": 1}


def _turns(opens: Sequence[int]) -> list[dict[str, Any]]:
    """Return the turns of circles that open after so many days: nothing when all open at once."""
    if not any(opens):
        return []
    starts = sorted(set(opens))
    widest = [max(ring for ring, day in enumerate(opens) if day <= start) for start in starts]
    lasting = [end - start for start, end in pairwise(starts)]
    return [*({"ring": ring, "days": days} for ring, days in zip(widest, lasting, strict=False)), {"ring": widest[-1]}]


def _ring_problems(choice: RingChoice) -> Iterator[Wrong]:
    if choice.zone not in ZONES:
        yield "zone", "ring_zone_missing", {}
    if choice.zone == "radius" and (choice.radius_km is None or choice.radius_km not in RADIUS_KM):
        yield "radius_km", "rule_radius", {}
    if choice.zone == "communes" and not choice.communes:
        yield "communes", "rule_communes_missing", {}
    if choice.zone == "communes" and len(choice.communes) > MOST_COMMUNES:
        yield "communes", "rule_communes_too_many", {"most": MOST_COMMUNES}
    if choice.zone == "projet" and not choice.projet:
        yield "projet", "rule_projet_missing", {}
    if choice.proof not in PROOFS:
        yield "proof", "rule_number", {"low": PROOFS.start, "high": PROOFS.stop - 1}
    for name in ("cap_cents", "minimum_cents"):
        cents = getattr(choice, name)
        if cents is not None and not 1 <= cents <= MOST_CENTS:
            yield name, "rule_amount", {"most_cents": MOST_CENTS}
    if choice.cap_cents is not None and (choice.minimum_cents or 0) > choice.cap_cents:
        yield "minimum_cents", "ring_minimum_over_cap", {}


def _quota_problems(choice: QuotaChoice, rings: int) -> Iterator[Wrong]:
    if choice.ring is None or not 0 <= choice.ring < rings:
        yield "ring", "quota_ring_missing", {}
    elif choice.kind in {"min_share", "ceiling"} and choice.ring == rings - 1:
        yield "ring", "quota_for_everyone", {}
    if choice.kind == "min_share" and not 1 <= (choice.percent or 0) <= 100:
        yield "percent", "rule_number", {"low": 1, "high": 100}
    if choice.kind in {"reserve", "ceiling"} and not 1 <= (choice.amount_cents or 0) <= MOST_CENTS:
        yield "amount_cents", "rule_amount", {"most_cents": MOST_CENTS}
    if choice.kind == "reserve" and choice.days is not None and not 1 <= choice.days <= MOST_DAYS:
        yield "days", "rule_number", {"low": 1, "high": MOST_DAYS}
    if choice.kind == "min_people" and not 1 <= (choice.people or 0) <= MOST_PEOPLE:
        yield "people", "rule_number", {"low": 1, "high": MOST_PEOPLE}
