"""Two people act on one campaign at the same moment: one of them is told, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from marketplace.core.errors import Refused
from marketplace.moderation import services as moderation
from marketplace.projects import invariants, queries, services
from tests.factories import Make
from tests.factories.moderation import check_everything

pytestmark = pytest.mark.races


@pytest.fixture
def world(committed, gateway, now):
    return Make(committed, gateway, now)


def waits(database):
    """Tell whether a transaction waits for another one's row, in this database."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.reading() as session:
        return session.scalar(text(waiting)) > 0


def second_is_refused(database, first, second):
    """Run two works that overlap: the second starts before the first commits. Return how the second ended."""
    with ThreadPoolExecutor(1) as pool, database.sessions() as session:
        first(session)
        other = pool.submit(database.in_transaction, second)
        while not waits(database):
            assert not other.done(), other.result()
        session.commit()
        try:
            other.result()
        except Refused as refusal:
            return refusal.code
        return None


@pytest.mark.parametrize("order", ["owner first", "administrator first"])
def test_taking_back_and_approving_at_once_happen_once(world, now, order):
    campaign, judge = world.campaign(state="submitted"), world.administrator()
    checked = {"campaign_id": campaign.id, "administrator_id": judge.id, "now": now}
    world.database.in_transaction(lambda session: check_everything(session, **checked))
    acts = [
        lambda session: services.withdraw_submission(
            session, campaign_id=campaign.id, owner_id=campaign.owner.id, now=now
        ),
        lambda session: moderation.approve(session, campaign_id=campaign.id, administrator_id=judge.id, now=now),
    ]
    first, second = acts if order == "owner first" else reversed(acts)

    assert second_is_refused(world.database, first, second) == "changed_meanwhile"

    with world.database.reading() as session:
        found = queries.owner_campaign(session, campaign.id, campaign.owner.id)
        assert found.state == ("draft" if order == "owner first" else "live")
        assert [step.seq for step in found.history] == [1, 2, 3]
        assert [name for name, check in invariants.CHECKS.items() if check(session)] == []


def test_two_tabs_that_save_at_once_do_not_overwrite_each_other(world, now):
    campaign = world.campaign(state="draft")
    content = world.content()

    def save(title):
        return lambda session: services.save_draft(
            session,
            campaign_id=campaign.id,
            owner_id=campaign.owner.id,
            row_version=1,
            content=replace(content, title=title),
            now=now,
        )

    assert second_is_refused(world.database, save("Le premier onglet"), save("Le second onglet")) == "changed_meanwhile"

    with world.database.reading() as session:
        assert queries.owner_campaigns(session, campaign.owner.id)[0].title == "Le premier onglet"
