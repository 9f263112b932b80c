"""A moderator's three answers, what they write and whom they tell; and the list of what waits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from marketplace.core.audit import AuditEvent
from marketplace.core.errors import NotFound, Refused
from marketplace.matching.models import Listing
from marketplace.moderation import queries, services
from marketplace.moderation.queries import PER_PAGE, Wish
from marketplace.notifications import rules as mails
from marketplace.pledges.models import CampaignTally
from marketplace.projects import invariants
from marketplace.projects import queries as projects
from marketplace.projects import services as drafts
from marketplace.projects.errors import Incomplete
from marketplace.projects.models import Campaign, CampaignEvent, CampaignRing, CampaignVersion
from marketplace.territories import queries as territories
from tests.factories.moderation import approve, check_everything

WHY = {"reasons": ["R05", "R04"], "note": " Dites où l’argent sera dépensé. "}
ANSWERS = {"send_back": services.send_back, "refuse": services.refuse}


@pytest.fixture
def jobs(session):
    """The mails about campaigns asked for so far."""

    def look():
        rows = session.execute(
            text("SELECT args FROM procrastinate_jobs WHERE task_name = 'notifications.send_mail' ORDER BY id")
        )
        return [row.args for row in rows if "campaign_title" in row.args["params"]]

    return look


@pytest.fixture
def trace(session, jobs):
    """What a decision would change, to see that a refusal wrote nothing."""

    def look():
        session.expire_all()
        tables = (Campaign, CampaignVersion, CampaignRing, CampaignEvent, AuditEvent, CampaignTally, Listing)
        return [session.execute(select(t.__table__).order_by(*t.__table__.primary_key)).all() for t in tables], jobs()

    return look


@pytest.fixture(autouse=True)
def holds(session):
    yield
    assert [name for name, check in invariants.CHECKS.items() if check(session)] == []


def test_approving_publishes_counts_indexes_logs_and_tells(session, submitted, administrator, whole, now, jobs):  # noqa: PLR0917
    owner_id, campaign_id = submitted()

    approve(session, campaign_id=campaign_id, administrator_id=administrator, now=now)

    page = projects.public_campaign(session, campaign_id)
    (zone,) = projects.zones(session, campaign_id)
    assert (page.state, page.version) == ("live", 1)
    assert page.closes_at == datetime(2027, 1, 22, 23, tzinfo=UTC)
    assert zone == territories.members(session, "epci", "200069854")
    assert page.cog_release == territories.release(session).name
    assert session.get_one(CampaignTally, campaign_id).hard_cap_cents == whole.hard_cap_cents
    assert session.scalars(select(Listing.campaign_id)).all() != []
    (logged,) = session.scalars(
        select(AuditEvent).where(AuditEvent.subject_id == campaign_id, AuditEvent.action == "campaign.approve")
    ).all()
    assert (logged.actor_id, logged.action, logged.subject_id) == (administrator, "campaign.approve", campaign_id)
    (mail,) = jobs()
    assert (mail["kind"], mail["account_id"]) == ("campaign_approved", str(owner_id))
    assert mail["params"] == {"campaign_title": whole.title, "campaign_path": f"/collectes/{campaign_id}"}
    mails.check(mail["kind"], mail["params"])


def test_the_wider_rule_reaches_the_bordering_departements(session, submitted, administrator, now):
    _owner, campaign_id = submitted(rule_preset="departement_and_bordering")

    approve(session, campaign_id=campaign_id, administrator_id=administrator, now=now)

    (zone,) = projects.zones(session, campaign_id)
    assert {"86194", "79191", "37261", "16015", "49007", "36044", "87085"} <= zone
    assert not {"33063", "17300", "75056"} & zone


@pytest.mark.parametrize(
    ("answer", "state", "action", "kind"),
    [
        ("send_back", "changes_requested", "campaign.send_back", "changes_requested"),
        ("refuse", "refused", "campaign.refuse", "campaign_refused"),
    ],
)
def test_a_no_says_why_is_logged_and_told(  # noqa: PLR0917
    session, submitted, administrator, whole, now, jobs, answer, state, action, kind
):
    owner_id, campaign_id = submitted()

    ANSWERS[answer](session, campaign_id=campaign_id, administrator_id=administrator, **WHY, now=now)

    found = projects.owner_campaign(session, campaign_id, owner_id)
    assert found.state == state
    assert found.history[-1].reasons == ("R04", "R05")
    (logged,) = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == campaign_id)).all()
    assert (logged.action, logged.details["reasons"]) == (action, ["R04", "R05"])
    assert "note" not in logged.details
    (mail,) = jobs()
    assert (mail["kind"], mail["account_id"]) == (kind, str(owner_id))
    assert mail["params"] == {
        "campaign_title": whole.title,
        "campaign_path": f"/mes-projets/{campaign_id}",
        "reasons": ["R04", "R05"],
        "note": "Dites où l’argent sera dépensé.",
    }
    mails.check(mail["kind"], mail["params"])
    with pytest.raises(NotFound):
        projects.public_campaign(session, campaign_id)


def _answers(session, campaign_id, administrator_id, now, **more):
    who = {"campaign_id": campaign_id, "administrator_id": administrator_id, "now": now, **more}
    return (
        lambda: services.approve(session, **who),
        lambda: services.send_back(session, **who, **WHY),
        lambda: services.refuse(session, **who, **WHY),
    )


def test_nobody_decides_on_their_own_campaign(session, submitted, administrator, now, trace):
    _owner, campaign_id = submitted(owner_id=administrator)
    before = trace()

    for answer in _answers(session, campaign_id, administrator, now):
        with pytest.raises(Refused, match="own_campaign"):
            answer()

    assert trace() == before


def test_only_what_waits_is_decided_on(session, submitted, administrator, person, whole, now, trace):  # noqa: PLR0917
    _owner, live = submitted()
    approve(session, campaign_id=live, administrator_id=administrator, now=now)
    owner_id, taken_back = submitted()
    drafts.withdraw_submission(session, campaign_id=taken_back, owner_id=owner_id, now=now)
    draft = drafts.create_draft(session, owner_id=person(), form_key=uuid4(), content=whole, now=now)
    before = trace()

    for campaign_id, error in ((live, Refused), (taken_back, Refused), (draft, NotFound), (uuid4(), NotFound)):
        for answer in _answers(session, campaign_id, administrator, now):
            with pytest.raises(error):
                answer()

    assert trace() == before


def test_what_changed_since_it_was_read_is_not_decided_on(session, submitted, administrator, now, trace):
    owner_id, campaign_id = submitted()
    read = projects.dossier(session, campaign_id).row_version
    drafts.withdraw_submission(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
    drafts.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
    before = trace()

    for answer in _answers(session, campaign_id, administrator, now, row_version=read):
        with pytest.raises(Refused, match="changed_meanwhile"):
            answer()

    assert trace() == before


def test_a_campaign_that_waited_too_long_is_not_approved(session, submitted, administrator, now, trace):
    _owner, campaign_id = submitted()
    late = now + timedelta(days=40)
    check_everything(session, campaign_id=campaign_id, administrator_id=administrator, now=late)
    before = trace()

    with pytest.raises(Incomplete) as refusal:
        services.approve(session, campaign_id=campaign_id, administrator_id=administrator, now=now + timedelta(days=40))

    assert [problem.code for problem in refusal.value.problems] == ["ends_too_soon"]
    assert trace() == before


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("change", [{"reasons": []}, {"reasons": ["R99"]}, {"note": ""}, {"note": "court"}])
def test_a_no_without_a_reason_is_no_answer(session, submitted, administrator, now, trace, answer, change):  # noqa: PLR0917
    _owner, campaign_id = submitted()
    before = trace()

    with pytest.raises(Refused):
        ANSWERS[answer](session, campaign_id=campaign_id, administrator_id=administrator, **{**WHY, **change}, now=now)

    assert trace() == before


# The list


def test_the_list_holds_what_waits_oldest_first_in_pages(session, submitted, administrator, person, whole, now):  # noqa: PLR0917
    ids = [submitted(at=now + timedelta(minutes=number))[1] for number in range(PER_PAGE + 3)]
    services.send_back(session, campaign_id=ids.pop(), administrator_id=administrator, **WHY, now=now)
    drafts.create_draft(session, owner_id=person(), form_key=uuid4(), content=whole, now=now)
    later = now + timedelta(days=4)

    pages = [queries.queue(session, now=later, page=number) for number in (1, 2, 3, 999, 0)]

    assert [item.campaign_id for page in pages[:2] for item in page.items] == ids
    assert [page.page for page in pages] == [1, 2, 2, 2, 1]
    assert {(page.total, page.pages) for page in pages} == {(PER_PAGE + 2, 2)}
    assert (pages[0].items[0].waiting_days, pages[0].items[0].rounds) == (4, 1)


def test_the_list_can_be_narrowed_to_an_instrument(session, submitted, now):
    _owner, loan = submitted()
    _owner, gift = submitted(instrument="gift")

    assert [item.campaign_id for item in queries.queue(session, now=now, wish=Wish(instrument="gift")).items] == [gift]
    loans = queries.queue(session, now=now, wish=Wish(instrument="interest_free_loan"))
    assert [item.campaign_id for item in loans.items] == [loan]
    assert (loans.totals["gift"], loans.totals["interest_free_loan"], loans.totals["all"]) == (1, 1, 2)


def test_an_empty_list_has_one_page(session, now):
    found = queries.queue(session, now=now, page=7)

    assert (found.items, found.total, found.page, found.pages) == ((), 0, 1, 1)
    assert set(found.totals.values()) == {0}


# One campaign


def test_a_review_compares_with_what_was_sent_back(session, submitted, administrator, whole, now):
    owner_id, campaign_id = submitted()
    assert queries.review(session, campaign_id, now=now).changes is None
    services.send_back(session, campaign_id=campaign_id, administrator_id=administrator, **WHY, now=now)
    version = projects.editable(session, campaign_id, owner_id).row_version
    who = {"campaign_id": campaign_id, "owner_id": owner_id, "now": now}
    drafts.save_draft(session, **who, row_version=version, content=replace(whole, title="Un titre plus clair"))
    drafts.submit(session, **who)
    drafts.withdraw_submission(session, **who)
    drafts.submit(session, **who)

    found = queries.review(session, campaign_id, now=now)

    assert [(change.field, change.old, change.new) for change in found.changes] == [
        ("title", whole.title, "Un titre plus clair")
    ]
    assert queries.queue(session, now=now).items[0].rounds == 3


def test_a_review_names_the_other_campaigns_of_the_owner(session, submitted, whole, now):
    owner_id, campaign_id = submitted()
    _owner, other = submitted(owner_id=owner_id, title="Une autre collecte")
    submitted(title="Celle d’une autre personne")
    drafts.create_draft(session, owner_id=owner_id, form_key=uuid4(), content=whole, now=now)

    found = queries.review(session, campaign_id, now=now)

    assert found.others == (queries.Other(other, "Une autre collecte", "submitted"),)
    assert found.outline.communes == 40
    assert {finding.code for finding in found.findings if finding.tone != "ok"} == {
        "unregistered",
        "repeated",
        "uses_missing",
    }
    near = next(finding.facts["near"] for finding in found.findings if finding.code == "repeated")
    assert {one.percent for one in near} == {100}


def test_days_that_are_past_are_wrong_only_while_the_campaign_waits(session, submitted, administrator, now):
    (_owner, campaign_id), (_another, sent_back) = submitted(), submitted()
    who = {"administrator_id": administrator, "now": now}
    later = now + timedelta(days=90)

    def dates(campaign_id):
        found = queries.review(session, campaign_id, now=later).findings
        return next(finding.tone for finding in found if finding.code == "dates_allowed")

    assert dates(campaign_id) == "bad"
    approve(session, campaign_id=campaign_id, **who)
    services.send_back(session, campaign_id=sent_back, **who, **WHY)
    assert dates(campaign_id) == "ok"
    assert dates(sent_back) == "bad"


def test_a_draft_is_nobodys_business(session, person, whole, now):
    draft = drafts.create_draft(session, owner_id=person(), form_key=uuid4(), content=whole, now=now)

    with pytest.raises(NotFound):
        queries.review(session, draft, now=now)
