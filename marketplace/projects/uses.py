"""What the money of a campaign is for: lines that say how much goes where. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST_USES = 12
LABEL_LENGTH = range(2, 81)
# A draft may hold a longer one, so that nothing typed is lost.
MOST_STORED = 300


@dataclass(frozen=True)
class Use:
    """One line. cents: None while not known. supplier: who is paid, commune_code: where they work; both when chosen."""

    label: str = ""
    cents: int | None = None
    commune_code: str | None = None
    supplier: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything is written on the line."""
        return bool(self.label.strip() or self.cents is not None or self.commune_code or self.supplier.strip())

    def as_json(self) -> dict[str, Any]:
        """Return the line as JSON values; `read` reads it back."""
        return {
            "label": self.label,
            "cents": self.cents,
            "commune_code": self.commune_code,
            "supplier": self.supplier,
        }


def read(lines: Iterable[Mapping[str, Any]]) -> tuple[Use, ...]:
    """Read what `Use.as_json` wrote, line by line."""
    return tuple(Use(**line) for line in lines)


def total(uses: Iterable[Use]) -> int:
    """Return the sum of the lines in cents; one without an amount counts for nothing."""
    return sum(use.cents or 0 for use in uses)
