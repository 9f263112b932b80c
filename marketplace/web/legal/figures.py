"""The numbers that text pages print: taken from the rules that apply them, never typed a second time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from marketplace.accounts import rules as accounts
from marketplace.core.clock import PARIS
from marketplace.finance import fees, limits
from marketplace.locality import limits as locality
from marketplace.pledges import rules as pledges
from marketplace.pledges.services import is_holiday
from marketplace.projects import days
from marketplace.projects import rules as projects
from marketplace.protection import reflection
from marketplace.residency import rules as residency

_MINUTE = 60

# Amounts in cents, the rest in the unit that the name ends with.
FIGURES: Mapping[str, int] = MappingProxyType(
    {
        "least_pledge_cents": projects.LEAST_PLEDGE_CENTS,
        "most_project_cents": projects.most_cents("interest_free_loan"),
        "free_loan_cents": locality.FREE_LOAN_CAP,
        "level_1_cents": locality.LEVEL_1_CAP,
        "level_2_cents": locality.LEVEL_2_CAP,
        "reflection_days": reflection.DAYS,
        "working_days": reflection.WORKING_DAYS_INSIDE,
        "fee_basis_points": fees.PLATFORM_FEE_BASIS_POINTS,
        "recovery_days": pledges.RECOVERY.days,
        "reservation_minutes": int(pledges.RESERVATION.total_seconds()) // _MINUTE,
        "loan_months": limits.IFP_MONTHS,
        "listing_least_days": days.LISTING_DAYS[0],
        "listing_most_days": days.LISTING_DAYS[-1],
        "moves_a_year": residency.MOVES_PER_YEAR,
        "renewal_days": residency.RENEWAL.days,
        "idle_days": accounts.IDLE.days,
        "session_days": accounts.ABSOLUTE.days,
        "confirmation_days": accounts.CONFIRM_WITHIN.days,
        "reset_minutes": int(accounts.RESET_WITHIN.total_seconds()) // _MINUTE,
    }
)


@dataclass(frozen=True)
class Example:
    """A card saved at ``start`` may be withdrawn before ``end``, exclusive; both aware."""

    start: datetime
    end: datetime


def reflection_examples() -> tuple[Example, ...]:
    """Return an ordinary week, a week-end in the way, and a feast in the way."""
    starts = (
        datetime(2026, 11, 23, 10, tzinfo=PARIS),
        datetime(2026, 11, 24, 18, 30, tzinfo=PARIS),
        datetime(2026, 12, 24, 20, tzinfo=PARIS),
    )
    return tuple(Example(start, reflection.revocable_until(start, is_holiday)) for start in starts)
