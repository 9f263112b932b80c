"""How urgent it is that somebody reads a campaign: its age times its risk. Pure. Source: docs/moderation.md."""

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.moderation.checklist import Finding

# (hard cap above, points), the largest first.
_AMOUNTS = ((100_000_00, 3), (25_000_00, 2), (5_000_00, 1))
_FIRST_CAMPAIGN = 2
_REPAID = 1
_LISTED = ("warn", "bad")
_MOST_FINDINGS = 3
_SAFEST = frozenset({"gift"})


@dataclass(frozen=True)
class Risk:
    """Points by what they are for, and their sum."""

    amount: int
    first_campaign: int
    instrument: int
    findings: int

    @property
    def total(self) -> int:
        """All points: 0 to 9."""
        return self.amount + self.first_campaign + self.instrument + self.findings

    @property
    def level(self) -> str:
        """One word for the list: low, medium, high."""
        return "high" if self.total >= 6 else "medium" if self.total >= 3 else "low"


def assess(*, hard_cap_cents: int, first: bool, instrument: str, findings: Iterable[Finding]) -> Risk:
    """Return the risk of a campaign. first: its owner never had one published. findings: of the automatic checks."""
    return Risk(
        amount=next((points for above, points in _AMOUNTS if hard_cap_cents > above), 0),
        first_campaign=_FIRST_CAMPAIGN if first else 0,
        instrument=0 if instrument in _SAFEST else _REPAID,
        findings=min(_MOST_FINDINGS, sum(finding.tone in _LISTED for finding in findings)),
    )


def priority(risk: Risk, waiting_days: int) -> int:
    """Return what the list is sorted by, largest first: (days + 1) times (points + 1)."""
    return (waiting_days + 1) * (risk.total + 1)
