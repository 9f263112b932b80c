"""Rules offered ready-made to an owner: a choice, a few figures, and the circles they make."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeAlias

from marketplace.locality import composed
from marketplace.locality.composed import (
    MOST_COMMUNES,
    MOST_PEOPLE,
    RADIUS_KM,
    Place,
    QuotaChoice,
    RingChoice,
    Wrong,
)
from marketplace.locality.rule import MOST_CENTS, MOST_DAYS, RELATED_PERCENT

__all__ = ["FORMAT", "MOST_COMMUNES", "NONE", "PRESETS", "RADIUS_KM", "WIDER", "Options", "Place", "Wider", "build"]

FORMAT = 2
PRESETS = (
    "local_first",
    "epci",
    "commune_and_neighbours",
    "departement_and_bordering",
    "radius",
    "communes",
    "projet",
)
Wider: TypeAlias = Literal["", "departement", "region", "france"]
WIDER: tuple[Wider, ...] = ("", "departement", "region", "france")
LOCAL_FIRST_DAYS = 14
LOCAL_FIRST_SHARE = 60
# The zone a wider circle has.
_WIDER_ZONES = {"departement": "departement_and_bordering", "region": "region", "france": "france"}


@dataclass(frozen=True)
class Options:
    """The figures of a preset; what a preset does not use is left alone. Amounts in cents.

    neighbours: the communes that touch the project's are in the first ring too. wider: who may join in beyond it.
    first_days: for how long the first ring is alone. min_share: percent of the money that must come from the first ring
    (from the second, in local_first). cap_cents, wider_cap_cents: for one person, inside and beyond the first ring.
    reserve_cents: kept for the first ring, for reserve_days or, without them, until the end. min_people: of the first
    ring, a condition of success. proof: level the first ring asks for. related_percent: the most that the owner and
    their people may hold of the goal.

    workers: people who work in a ring count too; people_only: no organisation does.

    rings, quotas: the preset taken apart and changed circle by circle; when there are rings they are the rule, and of
    what stands above only related_percent, workers and people_only count.
    """

    radius_km: int | None = None
    communes: tuple[str, ...] = ()
    projet: str | None = None
    neighbours: bool = False
    wider: Wider = ""
    first_days: int | None = None
    min_share: int | None = None
    cap_cents: int | None = None
    wider_cap_cents: int | None = None
    reserve_cents: int | None = None
    reserve_days: int | None = None
    min_people: int | None = None
    proof: int = 1
    related_percent: int | None = None
    workers: bool = False
    people_only: bool = False
    rings: tuple[RingChoice, ...] = ()
    quotas: tuple[QuotaChoice, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the options as JSON values, without those that say nothing; `from_json` reads it back."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        kept = {name: value for name, value in values.items() if value != getattr(NONE, name)}
        lists = {
            "communes": list(self.communes),
            "rings": list(map(composed.written, self.rings)),
            "quotas": list(map(composed.written, self.quotas)),
        }
        return {name: lists.get(name, value) for name, value in kept.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Options":
        """Read what `as_json` wrote."""
        read = {
            "communes": tuple(values.get("communes", ())),
            "rings": tuple(map(RingChoice.from_json, values.get("rings", ()))),
            "quotas": tuple(map(QuotaChoice.from_json, values.get("quotas", ()))),
        }
        return cls(**{**values, **read})


NONE = Options()


def problems(preset: str, options: Options) -> list[Wrong]:
    """Return what keeps a choice from making a rule: (field, reason code, figures of its sentence)."""
    if options.rings:
        return [*composed.problems(options.rings, options.quotas), *_range_problems(options, _ALWAYS)]
    found: list[Wrong] = []
    if preset == "radius" and (options.radius_km is None or options.radius_km not in RADIUS_KM):
        found.append(("radius_km", "rule_radius", {}))
    if preset == "communes" and not options.communes:
        found.append(("communes", "rule_communes_missing", {}))
    if preset == "communes" and len(options.communes) > MOST_COMMUNES:
        found.append(("communes", "rule_communes_too_many", {"most": MOST_COMMUNES}))
    if preset == "projet" and not options.projet:
        found.append(("projet", "rule_projet_missing", {}))
    if preset != "local_first" and not options.wider:
        useless = ("first_days", "min_share", "wider_cap_cents", "reserve_cents")
        found += [(name, "rule_needs_wider", {}) for name in useless if getattr(options, name) is not None]
    if options.reserve_days is not None and options.reserve_cents is None:
        found.append(("reserve_cents", "rule_reserve_missing", {}))
    if options.min_share is not None and not 1 <= options.min_share <= 100:
        found.append(("min_share", "rule_number", {"low": 1, "high": 100}))
    return [*found, *_range_problems(options, _ALWAYS | _RANGES), *_amount_problems(options)]


_ALWAYS = {"related_percent": range(101)}
_RANGES = {
    # In local_first two turns of so many days follow one another.
    "first_days": range(1, MOST_DAYS // 2 + 1),
    "reserve_days": range(1, MOST_DAYS + 1),
    "min_people": range(1, MOST_PEOPLE + 1),
    "proof": composed.PROOFS,
}


def _range_problems(options: Options, ranges: Mapping[str, range]) -> list[Wrong]:
    return [
        (name, "rule_number", {"low": allowed.start, "high": allowed.stop - 1})
        for name, allowed in ranges.items()
        if (value := getattr(options, name)) is not None and value not in allowed
    ]


def _amount_problems(options: Options) -> list[Wrong]:
    return [
        (name, "rule_amount", {"most_cents": MOST_CENTS})
        for name in ("cap_cents", "wider_cap_cents", "reserve_cents")
        if (cents := getattr(options, name)) is not None and not 1 <= cents <= MOST_CENTS
    ]


def build(preset: str, place: Place, options: Options = NONE, public_units: Iterable[str] = ()) -> dict[str, Any]:
    """Return the rule of a preset around a commune.

    departement_and_bordering follows the Code de l'énergie, art. R. 291-2. public_units: the public bodies that the
    project is a matter of, as "departement:86". Raises ValueError: unknown preset, or options with `problems`.
    """
    if preset not in PRESETS or problems(preset, options):
        raise ValueError(preset)
    related = RELATED_PERCENT if options.related_percent is None else options.related_percent
    circles = rings(preset, options)
    if preset == "local_first" and not options.rings and place.epci_kind == "departement":
        # In an overseas collectivity the intercommunal level is the second circle already.
        circles = (replace(circles[0], zone="commune"), *circles[1:])
    made = composed.rule(
        place,
        circles,
        quotas(preset, options),
        related_percent=related,
        workers=options.workers,
        people_only=options.people_only,
    )
    units = {"public_units": sorted(public_units)} if public_units else {}
    return {"format": FORMAT, "preset": preset, **made, **units}


def days_before_all(preset: str, options: Options) -> int:
    """Return after how many days everybody the rule lets in may pledge."""
    return composed.days_before_all(rings(preset, options))


def rings(preset: str, options: Options) -> tuple[RingChoice, ...]:
    """Return the circles of a choice, innermost first."""
    if options.rings:
        return options.rings
    days = options.first_days or (LOCAL_FIRST_DAYS if preset == "local_first" else None)
    beyond = options.wider_cap_cents or options.cap_cents
    if preset == "local_first":
        assert days is not None
        zones = [("epci", 0), ("departement_and_bordering", days), ("france", 2 * days)]
    else:
        zones = [(preset, 0)] + ([(_WIDER_ZONES[options.wider], days or 0)] if options.wider else [])
    return tuple(
        RingChoice(
            zone=zone,
            radius_km=options.radius_km if zone == "radius" else None,
            communes=options.communes if zone == "communes" else (),
            projet=options.projet if zone == "projet" else None,
            neighbours=number == 0 and (preset == "local_first" or options.neighbours),
            proof=1 if number else options.proof,
            cap_cents=beyond if number else options.cap_cents,
            opens_after=opens or None,
        )
        for number, (zone, opens) in enumerate(zones)
    )


def quotas(preset: str, options: Options) -> tuple[QuotaChoice, ...]:
    """Return the quotas of a choice."""
    if options.rings:
        return options.quotas
    share = options.min_share or (LOCAL_FIRST_SHARE if preset == "local_first" else None)
    found = []
    if share is not None:
        found.append(QuotaChoice("min_share", ring=1 if preset == "local_first" else 0, percent=share))
    if options.reserve_cents is not None:
        found.append(
            QuotaChoice("reserve", ring=0, amount_cents=options.reserve_cents, days=options.reserve_days or None)
        )
    if options.min_people is not None:
        found.append(QuotaChoice("min_people", ring=0, people=options.min_people))
    return tuple(found)
