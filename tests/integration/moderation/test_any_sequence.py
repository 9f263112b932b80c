"""Whatever owner, administrators and time do, in any order, a campaign's history stays inside the table of moves."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.errors import MitoyenError
from marketplace.moderation import corrections, reexamination, services
from marketplace.moderation.models import Correction
from marketplace.pledges import interruptions, settlement
from marketplace.projects import invariants, rules
from marketplace.projects import queries as projects
from marketplace.projects import services as drafts
from tests.factories.moderation import NOTE, ask_correction, check_everything

pytestmark = pytest.mark.untimed
WHY = {"reasons": ["R05"], "note": NOTE}


def acts(campaign, judges, correction_of):
    """Return what may be tried: (session, now) → anything."""
    of = {"campaign_id": campaign.id}
    owner = {**of, "owner_id": campaign.owner.id}

    def by(judge):
        return {**of, "administrator_id": judge}

    first, second = (by(judge) for judge in judges)
    return [
        lambda s, now: drafts.submit(s, **owner, now=now),
        lambda s, now: drafts.withdraw_submission(s, **owner, now=now),
        lambda s, now: check_everything(s, **first, now=now),
        lambda s, now: services.approve(s, **first, now=now),
        lambda s, now: services.send_back(s, **first, **WHY, now=now),
        lambda s, now: services.refuse(s, **first, **WHY, now=now),
        lambda s, now: reexamination.ask(s, **owner, reason=NOTE, now=now),
        lambda s, now: reexamination.decide(s, **second, overturn=True, answer=NOTE, now=now),
        lambda s, now: ask_correction(s, **owner, now=now, summary=f"Un four, le {now:%d/%m à %H h}."),
        lambda s, now: corrections.decide(
            s, correction_id=correction_of(s), administrator_id=judges[1], verdict="material", note=NOTE, now=now
        ),
        lambda s, now: corrections.decide(
            s, correction_id=correction_of(s), administrator_id=judges[0], verdict="minor", note=NOTE, now=now
        ),
        lambda s, now: corrections.suspend(s, **first, note=NOTE, now=now),
        lambda s, now: corrections.resume(s, **second, note=NOTE, now=now),
        lambda s, now: interruptions.end_suspension(s, **of, now=now),
        lambda s, now: settlement.close(s, **of, now=now),
        lambda s, now: settlement.decide_success(s, **of, now=now),
        lambda s, now: settlement.finish(s, **of, now=now),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_no_sequence_leaves_the_table(session, make, seed):
    chance = random.Random(seed)
    campaign, now = make.campaign(state="draft"), make.now
    judges = [make.account(administrator=True).id for _ in range(2)]

    def correction_of(s):
        waiting = select(Correction.id).where(Correction.campaign_id == campaign.id, Correction.outcome.is_(None))
        return s.scalar(waiting) or campaign.id

    possible = acts(campaign, judges, correction_of)
    for _turn in range(20):
        chance.shuffle(possible)
        now += timedelta(hours=chance.randrange(30))
        for act in possible:
            try:
                make.do(lambda s, act=act, at=now: act(s, at))
            except MitoyenError:
                continue
            break

    session.expire_all()
    steps = [(step.old_state, step.new_state) for step in projects.history(session, campaign.id)]
    assert len(steps) >= 4, "some acts are refused, not all"
    assert rules.fold(steps) == projects.owner_campaign(session, campaign.id, campaign.owner.id).state
    assert [name for name, check in invariants.CHECKS.items() if check(session)] == []
