"""Putting right what is public: slips, material changes, suspension, cancellation."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.errors import NotFound, Refused
from marketplace.moderation import corrections, registers
from marketplace.pledges import interruptions
from marketplace.pledges.models import Pledge
from marketplace.projects import invariants
from marketplace.projects import queries as projects
from marketplace.projects.errors import Incomplete
from marketplace.projects.models import CampaignVersion
from tests.arranged import arranged
from tests.factories.instruments import offered
from tests.factories.moderation import NOTE, ask_correction

# Several people pledge in some.
pytestmark = pytest.mark.untimed


@pytest.fixture(autouse=True)
def holds(session):
    yield
    session.expire_all()
    assert [name for name, check in invariants.CHECKS.items() if check(session)] == []


@arranged
def judge(make):
    return make.administrator().id


def pledge_of(session, pledge):
    session.expire_all()
    return session.scalars(select(Pledge).where(Pledge.id == pledge.id)).one()


def ask(make, campaign, **changes):
    return make.do(
        lambda session: ask_correction(
            session, campaign_id=campaign.id, owner_id=campaign.owner.id, now=make.now, **changes
        )
    )


def decide(make, correction_id, judge, verdict, at=None):
    make.do(
        lambda session: corrections.decide(
            session,
            correction_id=correction_id,
            administrator_id=judge,
            verdict=verdict,
            note=NOTE,
            now=at or make.now,
        )
    )


def test_a_slip_makes_a_version_and_troubles_nobody(session, make, judge):
    campaign = make.campaign()
    pledge = make.pledge(campaign=campaign, amount=20)

    decide(make, ask(make, campaign, title="Un four à bois pour notre fournil"), judge, "minor")

    page = projects.public_campaign(session, campaign.id)
    assert (page.state, page.version, page.title) == ("live", 2, "Un four à bois pour notre fournil")
    first, second = session.scalars(select(CampaignVersion).order_by(CampaignVersion.number)).all()
    assert first.terms["title"] != second.terms["title"]
    assert first.terms["closes_at"] == second.terms["closes_at"]
    assert first.terms["zones_sha256"] == second.terms["zones_sha256"]
    found = pledge_of(session, pledge)
    assert (found.state, found.campaign_version, found.reconfirm_until) == ("reflecting", 1, None)
    assert [row.outcome for row in registers.published_corrections(session, campaign.id)] == ["minor"]


def test_a_material_change_asks_everybody_again(session, make, judge):
    campaign = make.campaign()
    stays, leaves = (make.pledge(campaign=campaign, amount=20) for _ in range(2))

    decide(make, ask(make, campaign), judge, "material")

    page = projects.public_campaign(session, campaign.id)
    assert (page.state, page.version) == ("live", 2)
    causes = [step.cause for step in projects.history(session, campaign.id)][-2:]
    assert causes == ["suspended", "corrected"]
    until = pledge_of(session, stays).reconfirm_until
    assert until is not None
    make.do(
        lambda session: interruptions.reconfirm(
            session, campaign_id=campaign.id, pledge_id=stays.id, backer_id=stays.backer.id, now=make.now
        )
    )
    make.do(lambda session: interruptions.release(session, campaign_id=campaign.id, pledge_id=leaves.id, now=until))
    assert (pledge_of(session, stays).campaign_version, pledge_of(session, stays).reconfirm_until) == (2, None)
    assert pledge_of(session, leaves).state == "released"


@pytest.mark.parametrize("change", [{"legal_form": "sas"}, {"loan_months": 24}])
def test_who_owes_and_for_how_long_is_never_a_slip(session, make, judge, change):
    campaign = make.campaign(instrument="interest_free_loan", loan_months=12)
    correction_id = ask(make, campaign, **change)

    with pytest.raises(Refused, match="always_material"):
        decide(make, correction_id, judge, "minor")
    decide(make, correction_id, judge, "material")

    assert projects.dossier(session, campaign.id).version == 2


@pytest.mark.parametrize(
    ("instrument", "terms", "change", "problem"),
    [
        ("loan", {"every": 3}, {"loan_months": 35}, ("every_does_not_divide", "loan_months")),
        ("loan", {"deferral": 6}, {"loan_months": 6}, ("deferral_does_not_fit", "loan_months")),
        ("loan", {}, {"loan_months": 900}, ("loan_months_out_of_range", "loan_months")),
        ("bond", {}, {"legal_form": "sarl"}, ("instrument_not_for_form", "legal_form")),
    ],
)
def test_a_correction_that_the_terms_do_not_allow_is_refused(session, make, instrument, terms, change, problem):  # noqa: PLR0917
    campaign = make.campaign(**offered(instrument, **terms))

    with pytest.raises(Incomplete) as refusal:
        ask(make, campaign, **change)

    assert problem in [(one.code, one.field) for one in refusal.value.problems]
    assert registers.corrections_of(session, campaign.id) == []


def test_amounts_dates_and_places_are_frozen(make):
    campaign = make.campaign()

    for change in (
        {"goal_cents": 900_00},
        {"hard_cap_cents": 9_000_00},
        {"threshold_cents": 1_00},
        {"ends_on": None},
        {"commune_code": "79191"},
        {"rule_preset": "departement_and_bordering"},
        {"instrument": "interest_free_loan", "loan_months": 12},
    ):
        with pytest.raises(Refused, match="nothing_changed"):
            ask(make, campaign, **change)


def test_a_correction_is_judged_by_the_rules_of_texts(make):
    campaign = make.campaign()

    with pytest.raises(Incomplete) as refused:
        ask(make, campaign, title="x", summary="")

    assert {problem.field for problem in refused.value.problems} == {"title", "summary"}


def test_one_correction_waits_at_a_time_and_can_be_taken_back(session, make, judge):
    campaign = make.campaign()
    correction_id = ask(make, campaign)
    with pytest.raises(Refused, match="correction_waits"):
        ask(make, campaign, summary="Un autre résumé.")

    make.do(
        lambda session: corrections.withdraw(session, campaign_id=campaign.id, owner_id=campaign.owner.id, now=make.now)
    )

    with pytest.raises(Refused, match="correction_decided"):
        decide(make, correction_id, judge, "minor")
    ask(make, campaign, summary="Un autre résumé.")
    assert registers.counts(session).corrections == 1


def test_a_refused_correction_changes_nothing(session, make, judge):
    campaign = make.campaign()

    decide(make, ask(make, campaign), judge, "refused")

    assert projects.dossier(session, campaign.id).version == 1
    assert registers.published_corrections(session, campaign.id) == []


def test_nobody_decides_on_the_correction_of_their_own(make):
    campaign = make.campaign()

    with pytest.raises(Refused, match="own_campaign"):
        decide(make, ask(make, campaign), campaign.owner.id, "minor")


def test_a_suspended_campaign_goes_on_corrected(session, make, judge):
    campaign = make.campaign()
    by = {"campaign_id": campaign.id, "administrator_id": judge}
    make.do(lambda session: corrections.suspend(session, **by, note=NOTE, now=make.now))
    assert registers.interruption(session, campaign.id).note == NOTE
    later = make.now + timedelta(days=3)

    decide(make, ask(make, campaign), judge, "material", later)

    assert projects.public_campaign(session, campaign.id).state == "live"
    assert registers.interruption(session, campaign.id) is None


def test_what_was_rightly_told_goes_on_as_it_is(session, make, judge):
    campaign = make.campaign()
    by = {"campaign_id": campaign.id, "administrator_id": judge, "note": NOTE, "now": make.now}
    make.do(lambda session: corrections.suspend(session, **by))

    make.do(lambda session: corrections.resume(session, **by))

    page = projects.public_campaign(session, campaign.id)
    assert (page.state, page.version) == ("live", 1)


def test_an_owner_ends_their_campaign_and_says_why(session, make):
    campaign = make.campaign()
    correction_id = ask(make, campaign)
    ends = {"campaign_id": campaign.id, "note": "Le bail nous est refusé.", "now": make.now}

    with pytest.raises(NotFound):
        make.do(lambda session: corrections.cancel_own(session, **ends, owner_id=make.account().id))
    make.do(lambda session: corrections.cancel_own(session, **ends, owner_id=campaign.owner.id))

    found = registers.interruption(session, campaign.id)
    assert (found.state, found.cause, found.note) == ("cancelled", "by_owner", "Le bail nous est refusé.")
    assert registers.correction(session, correction_id).outcome == "lapsed"
    with pytest.raises(Refused, match="illegal_move"):
        make.do(lambda session: corrections.cancel_own(session, **ends, owner_id=campaign.owner.id))


def test_the_platform_ends_a_small_campaign_alone(session, make, judge):
    small = make.campaign()

    assert make.do(
        lambda session: corrections.cancel(
            session, campaign_id=small.id, administrator_id=judge, note=NOTE, now=make.now
        )
    )
    assert registers.interruption(session, small.id).cause == "by_platform"


def test_the_version_that_was_corrected_meanwhile_is_read_again(session, make, judge):
    campaign = make.campaign()
    decide(make, ask(make, campaign), judge, "minor")
    found = projects.owner_campaign(session, campaign.id, campaign.owner.id)

    with pytest.raises(Refused, match="changed_meanwhile"):
        corrections.propose(
            session,
            campaign_id=campaign.id,
            owner_id=campaign.owner.id,
            version=1,
            content=replace(found.content, title="Un titre d’avant"),
            because=NOTE,
            now=make.now,
        )
