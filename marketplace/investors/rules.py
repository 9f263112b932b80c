"""What an investor's answers are worth on a given day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from marketplace.protection import knowledge_test, loss_capacity, thresholds

# Why an administrator turns a request down.
REFUSAL_REASONS = ("evidence_missing", "evidence_too_old", "criteria_doubtful")

# Delegated regulation (EU) 2022/2114 art. 2. Options in the order they are shown; nobody has to answer any of them.
PROFILE: Mapping[str, tuple[str, ...]] = {
    "familiar": ("savings", "shares", "loans", "crowdfunding", "none"),
    "past": ("never", "some", "regular"),
    "early_stage": ("never", "some", "regular"),
    "volume": ("none", "below_1000", "below_10000", "more"),
    "education": ("none", "finance", "business"),
    "profession": ("other", "business", "finance", "crowdfunding"),
    "aim": ("support", "income", "growth"),
    "horizon": ("below_2", "below_5", "more"),
    "risk": ("none", "part", "all"),
    "sustainability": ("no_matter", "preferred", "only"),
}
PROFILE_YEARS = knowledge_test.REVIEW_YEARS


class Party(NamedTuple):
    """Who invests: a person, or an organisation through a person with a mandate."""

    account_id: UUID
    organisation_id: UUID | None = None

    @property
    def key(self) -> UUID:
        """What its pledges are counted under."""
        return self.organisation_id or self.account_id


@dataclass(frozen=True)
class Standing:
    """What is known of an investor at a moment; what has run out is left out.

    test: None (never taken, or too long ago), "passed", "warned" (failed or declined, warning read), "unread" (failed
    or declined, the warning is still to be read). loss_capacity_cents: None when not told.
    """

    test: str | None = None
    simulated: bool = False
    loss_capacity_cents: int | None = None
    sophisticated_until: datetime | None = None

    @property
    def sophisticated(self) -> bool:
        """Whether they are treated as a sophisticated investor."""
        return self.sophisticated_until is not None

    @property
    def threshold_cents(self) -> int:
        """The largest amount on one offer that needs no express consent."""
        return thresholds.threshold_cents(self.loss_capacity_cents)

    @property
    def assessed(self) -> bool:
        """Whether their knowledge was asked, and the warning read where it was called for."""
        return self.sophisticated or self.test in {"passed", "warned"}


NOBODY = Standing()


def worth_of_attempt(passed: bool, taken_at: datetime, acknowledged_at: datetime | None, now: datetime) -> str | None:  # noqa: FBT001 - one column
    """Return what the last attempt is worth now."""
    if now >= knowledge_test.valid_until(taken_at):
        return None
    if passed:
        return "passed"
    return "unread" if acknowledged_at is None else "warned"


def simulation_counts(done_at: datetime, now: datetime) -> bool:
    """Tell whether a simulation still counts."""
    return now < loss_capacity.valid_until(done_at)
