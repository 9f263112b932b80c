"""What the key information sheet of a collection still lacks, part by part, for whoever writes it or reads over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from marketplace.projects import sheet_parts
from marketplace.projects.rules import Content
from marketplace.web.instrument_words import TERMS
from marketplace.web.labels import FIELDS, RISK_LABELS

PARTS: Mapping[str, LazyString] = {
    "A": _l("Partie A – Le porteur et le projet"),
    "B": _l("Partie B – La collecte"),
    "C": _l("Partie C – Les risques"),
    "D": _l("Partie D – Les titres offerts"),
    "E": _l("Partie E – Structure interposée"),
    "F": _l("Partie F – Vos droits"),
    "G": _l("Partie G – Le prêt (remplace les parties D, E et F)"),
    "H": _l("Partie H – Frais, information et recours"),
}


@dataclass(frozen=True)
class Gap:
    """A part that is not whole. missing: (what it is called, the section where it is written)."""

    part: LazyString
    missing: tuple[tuple[LazyString, str], ...]


def of(content: Content) -> tuple[Gap, ...] | None:
    """Return the parts that are not whole, in order; None where the instrument has no sheet."""
    if not sheet_parts.needs(content):
        return None
    by_part = groupby(sheet_parts.gaps(content), key=lambda need: need.part)
    return tuple(Gap(PARTS[part], tuple((named(need.name), need.section) for need in found)) for part, found in by_part)


def named(name: str) -> LazyString:
    """Return what a need is called."""
    if name.startswith("risk_"):
        return RISK_LABELS[name.removeprefix("risk_")]
    return FIELDS[name] if name in FIELDS else TERMS[name][0]
