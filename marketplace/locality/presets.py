"""Rules offered ready-made to an owner. A rule is versioned JSON with one or more rings, innermost first."""

from typing import Any

FORMAT = 1
PRESETS = ("epci", "departement_and_bordering")


def build(preset: str, *, commune_code: str, epci_code: str, epci_kind: str, departement_code: str) -> dict[str, Any]:
    """Return the rule of a preset around a commune.

    epci_kind: what stands for the intercommunal level there: epci, ept, arrondissement or departement.
    departement_and_bordering follows the Code de l'énergie, art. R. 291-2. Raises ValueError: unknown preset.
    """
    if preset == "epci":
        zone: dict[str, Any] = {"op": epci_kind, "codes": [epci_code]}
    elif preset == "departement_and_bordering":
        home = {"op": "departement", "codes": [departement_code]}
        zone = {"op": "near", "of": home, "level": "departement", "steps": 1}
    else:
        raise ValueError(preset)
    return {"format": FORMAT, "preset": preset, "around": commune_code, "rings": [{"zone": zone, "minimum_level": 1}]}
