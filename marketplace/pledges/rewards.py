"""Rewards of gifts: how many are left, and whether a promise may take one. Counted under the lock of the tally."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.locality.model import Block, Decision
from marketplace.pledges.models import Pledge
from marketplace.pledges.rules import LIVE, RESERVED
from marketplace.projects.terms import Reward

# What may stand in the way of one.
REASONS = ("reward_gone", "reward_needs_more", "reward_unknown")


def taken(session: Session, campaign_id: UUID, rewards: Sequence[Reward]) -> Counter[int]:
    """Return how many of each reward are promised or reserved. One statement, none where there are no rewards."""
    if not rewards:
        return Counter()
    rows = session.execute(
        select(Pledge.reward, func.count())
        .where(Pledge.campaign_id == campaign_id, Pledge.reward.is_not(None), Pledge.state.in_(sorted(LIVE | RESERVED)))
        .group_by(Pledge.reward)
    )
    return Counter({number: count for number, count in rows if number is not None})


def left(rewards: Sequence[Reward], gone: Mapping[int, int]) -> tuple[int | None, ...]:
    """Return how many of each reward may still be taken, None where there is no end of them."""
    return tuple(
        None if reward.stock is None else max(0, reward.stock - gone.get(number, 0))
        for number, reward in enumerate(rewards)
    )


def judged(
    decision: Decision, rewards: Sequence[Reward], gone: Mapping[int, int], chosen: int | None, amount_cents: int
) -> Decision:
    """Return the rule's answer, refused where the reward that goes with it may not be taken."""
    if decision.verdict != "accept" or chosen is None:
        return decision
    if not 0 <= chosen < len(rewards):
        return _refused(decision, Block("reward_unknown", "reward"))
    least = rewards[chosen].cents or 0
    if amount_cents < least:
        return _refused(decision, Block("reward_needs_more", "reward", None, {"least_cents": least}))
    if left(rewards, gone)[chosen] == 0:
        return _refused(decision, Block("reward_gone", "reward"))
    return decision


def _refused(decision: Decision, block: Block) -> Decision:
    return Decision("refuse", decision.ring, (block,), block.limit_cents)
