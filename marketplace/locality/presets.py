"""Rules offered ready-made to an owner: a choice, a few figures, and the JSON they make."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from marketplace.locality.rule import RELATED_PERCENT

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
RADIUS_KM = range(1, 101)
MOST_COMMUNES = 200
Zone: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """The figures of a preset; what a preset does not use is left alone. Amounts in cents.

    wider: who may join in beyond the first ring. first_days: for how long the first ring is alone. min_share: percent
    of the money that must come from the first ring (from the second, in local_first). cap_cents, wider_cap_cents: for
    one person, inside and beyond the first ring. reserve_cents: kept for the first ring, for reserve_days or, without
    them, until the end. min_people: of the first ring, a condition of success. proof: level the first ring asks for.
    """

    radius_km: int | None = None
    communes: tuple[str, ...] = ()
    projet: str | None = None
    wider: Wider = ""
    first_days: int | None = None
    min_share: int | None = None
    cap_cents: int | None = None
    wider_cap_cents: int | None = None
    reserve_cents: int | None = None
    reserve_days: int | None = None
    min_people: int | None = None
    proof: int = 1

    def as_json(self) -> dict[str, Any]:
        """Return the options as JSON values, without those that say nothing; `from_json` reads it back."""
        values = asdict(self) | {"communes": list(self.communes)}
        return {
            name: value
            for name, value in values.items()
            if value not in (None, [], "") and value != getattr(NONE, name)
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Options":
        """Read what `as_json` wrote."""
        return cls(**{**values, "communes": tuple(values.get("communes", ()))})


NONE = Options()


@dataclass(frozen=True)
class Place:
    """Where a project is, in codes. epci_kind: what stands for the intercommunal level there."""

    commune_code: str
    epci_code: str
    epci_kind: str
    departement_code: str
    region_code: str


def problems(preset: str, options: Options) -> list[tuple[str, str]]:
    """Return what keeps a choice from making a rule: (field, reason code)."""
    found = []
    if preset == "radius" and (options.radius_km is None or options.radius_km not in RADIUS_KM):
        found.append(("radius_km", "rule_radius"))
    if preset == "communes" and not options.communes:
        found.append(("communes", "rule_communes_missing"))
    if preset == "communes" and len(options.communes) > MOST_COMMUNES:
        found.append(("communes", "rule_communes_too_many"))
    if preset == "projet" and not options.projet:
        found.append(("projet", "rule_projet_missing"))
    alone = preset != "local_first" and not options.wider
    if alone:
        useless = ("first_days", "min_share", "wider_cap_cents", "reserve_cents")
        found += [(name, "rule_needs_wider") for name in useless if getattr(options, name) is not None]
    if options.reserve_days is not None and options.reserve_cents is None:
        found.append(("reserve_cents", "rule_reserve_missing"))
    return found


def build(preset: str, place: Place, options: Options = NONE, public_units: Iterable[str] = ()) -> dict[str, Any]:
    """Return the rule of a preset around a commune.

    departement_and_bordering follows the Code de l'énergie, art. R. 291-2. public_units: the public bodies that the
    project is a matter of, as "departement:86". Raises ValueError: unknown preset, or
    options with `problems`.
    """
    if preset not in PRESETS or problems(preset, options):
        raise ValueError(preset)
    zones = _zones(preset, place, options)
    rings: list[dict[str, Any]] = [{"zone": zone, "minimum_level": 1} for zone in zones]
    rings[0]["minimum_level"] = options.proof
    for number, ring in enumerate(rings):
        cap = options.wider_cap_cents if number and options.wider_cap_cents else options.cap_cents
        if cap is not None:
            ring["cap_cents"] = cap
    rule = {
        "format": FORMAT,
        "preset": preset,
        "around": place.commune_code,
        "rings": rings,
        "quotas": _quotas(preset, options),
        "related_percent": RELATED_PERCENT,
    }
    if public_units:
        rule["public_units"] = sorted(public_units)
    days = _turn_days(preset, options)
    if days is not None:
        last = len(rings) - 1
        rule["phases"] = [*({"ring": ring, "days": days} for ring in range(last)), {"ring": last}]
    return rule


def days_before_all(preset: str, options: Options) -> int:
    """Return after how many days everybody the rule lets in may pledge."""
    return (_turn_days(preset, options) or 0) * (2 if preset == "local_first" else 1)


def _turn_days(preset: str, options: Options) -> int | None:
    return options.first_days or (LOCAL_FIRST_DAYS if preset == "local_first" else None)


def _zones(preset: str, place: Place, options: Options) -> list[Zone]:
    commune: Zone = {"op": "commune", "codes": [place.commune_code]}
    epci: Zone = {"op": place.epci_kind, "codes": [place.epci_code]}
    departement: Zone = {"op": "departement", "codes": [place.departement_code]}
    bordering: Zone = {"op": "near", "of": departement, "level": "departement", "steps": 1}
    neighbours: Zone = {"op": "near", "of": commune, "level": "commune", "steps": 1}
    if preset == "local_first":
        return [{"op": "union", "of": [epci, neighbours]}, bordering, {"op": "france"}]
    first: dict[str, Zone] = {
        "epci": epci,
        "commune_and_neighbours": neighbours,
        "departement_and_bordering": bordering,
        "radius": {"op": "within", "around": place.commune_code, "km": options.radius_km, "by": "centre"},
        "communes": {"op": "commune", "codes": sorted(options.communes)},
        "projet": {"op": "projet", "codes": [options.projet]},
    }
    wider: dict[str, Zone] = {
        "departement": bordering,
        "region": {"op": "region", "codes": [place.region_code]},
        "france": {"op": "france"},
    }
    return [first[preset], *([wider[options.wider]] if options.wider else [])]


def _quotas(preset: str, options: Options) -> list[dict[str, Any]]:
    share = options.min_share or (LOCAL_FIRST_SHARE if preset == "local_first" else None)
    quotas: list[dict[str, Any]] = []
    if share is not None:
        quotas.append({"kind": "min_share", "ring": 1 if preset == "local_first" else 0, "percent": share})
    if options.reserve_cents is not None:
        kept: dict[str, Any] = {"kind": "reserve", "ring": 0, "amount_cents": options.reserve_cents}
        quotas.append(kept | ({"days": options.reserve_days} if options.reserve_days else {}))
    if options.min_people is not None:
        quotas.append({"kind": "min_people", "ring": 0, "people": options.min_people})
    return quotas
