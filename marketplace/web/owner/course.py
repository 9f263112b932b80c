"""How far an owner's published collections are, and in which situation that leaves them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from marketplace.pledges import queries as pledges
from marketplace.pledges.queries import Progress
from marketplace.projects.days import days_left
from marketplace.projects.queries import Dossier, OwnCampaign
from marketplace.projects.rules import Content
from marketplace.web.context import Session

# A collection that has this many days left is about to end.
SOON = 7
# What its owner has to do something about stands first.
GROUPS: Sequence[tuple[LazyString, frozenset[str]]] = (
    (_l("À vous de jouer"), frozenset({"changes_requested", "draft"})),
    (_l("En ligne"), frozenset({"live", "suspended", "closing", "collecting"})),
    (_l("En relecture"), frozenset({"submitted"})),
    (_l("Terminées"), frozenset({"funded", "failed", "cancelled", "refused"})),
)


@dataclass(frozen=True)
class Course:
    """How far a published collection is. Amounts in cents.

    opens_at: None once it is open; days_left: None when it is over.
    """

    progress: Progress
    threshold_cents: int
    goal_cents: int
    hard_cap_cents: int
    opens_at: datetime | None
    days_left: int | None

    @property
    def to_threshold(self) -> int:
        """What is missing for it to succeed."""
        return max(0, self.threshold_cents - self.progress.counted_cents)

    @property
    def to_goal(self) -> int:
        """What is missing to its goal."""
        return max(0, self.goal_cents - self.progress.live_cents)

    @property
    def room(self) -> int:
        """What it may still receive."""
        return max(0, self.hard_cap_cents - self.progress.live_cents)

    @property
    def situation(self) -> str:
        """What its owner should know first: a word of `templates/owner/_course.html`."""
        signs = (
            ("over", self.days_left is None),
            ("announced", self.opens_at is not None),
            ("full", self.room == 0),
            ("goal", self.to_goal == 0),
            ("succeeds", self.to_threshold == 0),
            ("nobody", self.progress.backers == 0),
            ("late", (self.days_left or 0) <= SOON),
        )
        return next((word for word, holds in signs if holds), "on_its_way")


def courses(session: Session, campaigns: Iterable[OwnCampaign], now: datetime) -> dict[UUID, Course]:
    """Return how far those of an owner's collections are that are published, by id. One statement."""
    published = [one for one in campaigns if one.closes_at is not None]
    known = pledges.progress(session, [one.campaign_id for one in published])
    return {one.campaign_id: _course(known[one.campaign_id], one, one, now) for one in published}


def of(session: Session, found: Dossier, now: datetime) -> Course | None:
    """Return how far one collection is, None before it is published. One statement."""
    if found.opens_at is None:
        return None
    known = pledges.progress(session, [found.campaign_id])[found.campaign_id]
    return _course(known, found.content, found, now)


def _course(progress: Progress, aims: OwnCampaign | Content, known: OwnCampaign | Dossier, now: datetime) -> Course:
    opens_at, closes_at = known.opens_at, known.closes_at
    return Course(
        progress=progress,
        threshold_cents=aims.threshold_cents or 0,
        goal_cents=aims.goal_cents or 0,
        hard_cap_cents=aims.hard_cap_cents or 0,
        opens_at=opens_at if opens_at and now < opens_at else None,
        days_left=days_left(closes_at, now) if closes_at and known.state == "live" else None,
    )
