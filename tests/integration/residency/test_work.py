"""Where people say they work: beside where they live, for a year, and only where a rule counts it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.years import year_after
from marketplace.locality.presets import Options
from marketplace.pledges import services as pledges
from marketplace.residency import queries, revocation, work
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import WorkLink
from tests.factories import BORDEAUX, DAY, NIORT, POITIERS

SWORN = "Je travaille ici."
LAST_SECOND = timedelta(seconds=1)


def declare(session, account_id, now, commune=NIORT):
    return work.declare(session, account_id=account_id, commune_code=commune, now=now, statement=SWORN)


def kinds(session, account_id):
    return [(link.kind, link.commune_code, link.level) for link in queries.links_of(session, [account_id])[account_id]]


def test_it_stands_beside_the_home_at_level_one_for_a_year(residents, session, now):
    account_id = residents.resident()

    declare(session, account_id, now + DAY)

    end = year_after(now + DAY)
    assert kinds(session, account_id) == [("home", POITIERS, 1), ("work", NIORT, 1)]
    assert work.of(session, account_id).commune_label == "Niort (Deux-Sèvres)"
    at = {moment: queries.current_links(session, account_id, moment) for moment in (now, end - LAST_SECOND, end)}
    assert [[link.kind for link in links] for links in at.values()] == [["home"], ["work"], []]


def test_who_does_not_live_anywhere_yet_may_say_it(residents, session, now):
    account_id = residents.person()

    declare(session, account_id, now)

    assert kinds(session, account_id) == [("work", NIORT, 1)]


@pytest.mark.parametrize(
    ("commune", "after", "reason"),
    [
        (NIORT, DAY, "same_work_commune"),
        ("99999", DAY, "commune_unknown"),
        ("55039", DAY, "commune_uninhabited"),
    ],
)
def test_what_is_no_other_commune_is_refused_at_its_field(residents, session, now, commune, after, reason):  # noqa: PLR0917
    account_id = residents.resident()
    declare(session, account_id, now)

    with pytest.raises(ResidenceRefused, match=reason) as refusal:
        declare(session, account_id, now + after, commune)

    assert refusal.value.field == "commune"
    assert kinds(session, account_id)[1:] == [("work", NIORT, 1)]


def test_it_is_renewed_in_the_last_two_months_and_changed_twice_a_year(residents, session, now):
    account_id = residents.resident()
    declare(session, account_id, now)
    declare(session, account_id, now + 310 * DAY)
    for commune, day in ((BORDEAUX, 311), (NIORT, 312)):
        declare(session, account_id, now + day * DAY, commune)

    with pytest.raises(ResidenceRefused, match="too_many_changes_of_work") as refusal:
        declare(session, account_id, now + 313 * DAY, BORDEAUX)

    assert refusal.value.facts["again_at"] == year_after(now + 311 * DAY)
    reasons = session.scalars(select(WorkLink.end_reason).order_by(WorkLink.declared_at)).all()
    assert reasons == ["renewed", "changed", "changed", None]


def test_it_is_taken_back_and_saying_so_again_counts_as_a_change(residents, session, now):
    account_id = residents.resident()
    for day in (0, 2):
        declare(session, account_id, now + day * DAY)
        work.stop(session, account_id=account_id, now=now + (day + 1) * DAY)

    assert work.of(session, account_id) is None
    with pytest.raises(NotFound):
        work.stop(session, account_id=account_id, now=now + 4 * DAY)
    with pytest.raises(ResidenceRefused, match="too_many_changes_of_work"):
        declare(session, account_id, now + 4 * DAY)


@pytest.mark.parametrize(("workers", "verdict"), [(True, "accept_up_to"), (False, "refuse")])
def test_it_counts_where_the_rule_says_so_up_to_50_euros(make, session, workers, verdict):
    campaign = make.campaign(commune=NIORT, rule_options=Options(workers=workers))
    worker = make.account(commune=BORDEAUX, level=3)
    make.do(lambda session: declare(session, worker.id, make.now))

    decision = pledges.ask(session, campaign_id=campaign.id, backer_id=worker.id, amount=Money(60_00), now=make.now)

    assert decision.verdict == verdict
    assert decision.limit_cents == (50_00 if workers else None)


def test_whose_home_is_revoked_pledges_by_their_work_no_more(make, session):
    campaign = make.campaign(commune=NIORT, rule_options=Options(workers=True))
    worker, judge = make.account(commune=BORDEAUX, level=3), make.administrator()
    make.do(lambda session: declare(session, worker.id, make.now))
    facts = {"link_id": make.link_of(worker), "administrator_id": judge.id, "reason": "proof_false"}
    make.do(lambda session: revocation.revoke(session, now=make.now, **facts))

    decision = pledges.ask(session, campaign_id=campaign.id, backer_id=worker.id, amount=Money(40_00), now=make.now)

    assert decision.verdict in {"verify", "refuse"}
    assert [link.kind for link in queries.links_of(session, [worker.id])[worker.id]] == ["home"]
    with pytest.raises(ResidenceRefused, match="residence_revoked"):
        declare(session, worker.id, make.now + DAY, BORDEAUX)


def test_a_pledge_made_by_it_stands_for_the_commune_of_work(make):
    campaign = make.campaign(commune=NIORT, rule_options=Options(workers=True))
    worker = make.account(commune=BORDEAUX, level=3)
    make.do(lambda session: declare(session, worker.id, make.now))

    pledge = make.pledge(campaign=campaign, backer=worker, amount=40)

    assert make.row(**pledge.ids).commune_code == NIORT


def test_a_rule_for_people_only_takes_no_organisation(make, session):
    campaign = make.campaign(rule_options=Options(people_only=True))
    body = make.organisation(commune=POITIERS)

    decision = pledges.ask(
        session,
        campaign_id=campaign.id,
        backer_id=body.manager.id,
        organisation_id=body.id,
        amount=Money(40_00),
        now=make.now,
    )

    assert (decision.verdict, decision.reasons) == ("refuse", ("kind_not_accepted",))
