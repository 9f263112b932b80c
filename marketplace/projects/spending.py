"""Where the money of a campaign will be spent, as its page says it: line by line, and near or far."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.projects import uses
from marketplace.projects.uses import Use
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune

# Kilometres between the centres of two communes; as the widest ring of the drawings.
NEAR_KM = 20
CLASSES = ("here", "near", "far", "open")


@dataclass(frozen=True)
class Line:
    """One line. supplier: who is paid, "" when not said; commune, kilometres from the project: None when unknown."""

    label: str
    cents: int
    commune: Commune | None
    kilometres: int | None
    supplier: str = ""

    @property
    def where(self) -> str:
        """Which class of `CLASSES` it belongs to."""
        if self.commune is None:
            return "open"
        if self.kilometres is None:
            return "far"
        return "here" if self.kilometres == 0 else "near" if self.kilometres <= NEAR_KM else "far"


@dataclass(frozen=True)
class Spending:
    """All lines, and their sums in cents by class, those without a line left out."""

    lines: tuple[Line, ...]
    classes: tuple[tuple[str, int], ...]

    near_km: int = NEAR_KM

    @property
    def near_percent(self) -> int:
        """How much of the money is spent within `NEAR_KM`, rounded down: never more than is true."""
        near = sum(cents for name, cents in self.classes if name in {"here", "near"})
        return near * 100 // (sum(cents for _name, cents in self.classes) or 1)


def load(session: Session, lines: Sequence[Use], there: Commune | None) -> Spending | None:
    """Return what a page shows, None when no line is written. One statement. there: the project's commune."""
    if not lines:
        return None
    communes = territories.communes(session, {use.commune_code for use in lines if use.commune_code})
    drawn = tuple(_line(use, communes.get(use.commune_code or ""), there) for use in lines)
    sums = [
        (name, uses.total(use for use, line in zip(lines, drawn, strict=True) if line.where == name))
        for name in CLASSES
    ]
    return Spending(drawn, tuple((name, cents) for name, cents in sums if cents))


def _line(use: Use, commune: Commune | None, there: Commune | None) -> Line:
    kilometres = territories.distance_km(there, commune) if there and commune else None
    return Line(use.label, use.cents or 0, commune, kilometres, use.supplier)
