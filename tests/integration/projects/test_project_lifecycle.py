"""The way of a campaign: submission, answers, publication, the end."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from marketplace.core.errors import NotFound, Refused
from marketplace.projects import days, queries, rules, services
from marketplace.projects.errors import Incomplete
from marketplace.projects.models import Campaign, CampaignRing, CampaignVersion

pytestmark = pytest.mark.usefixtures("holds")
RULE = {
    "format": 1,
    "preset": "epci",
    "around": "86133",
    "rings": [{"zone": {"op": "epci", "codes": ["200069854"]}, "minimum_level": 1}],
}
RINGS = (frozenset({"86194", "86133", "86041"}),)
RELEASE = "fr-2026"


@pytest.fixture
def publish(session, person, now):
    def run(campaign_id, **changes):
        values = {
            "campaign_id": campaign_id,
            "rule": RULE,
            "rings": RINGS,
            "cog_release": RELEASE,
            "now": now,
            "actor_id": person("Modératrice", administrator=True),
        }
        services.publish(session, **{**values, **changes})

    return run


def state_of(session, campaign_id):
    return session.scalars(select(Campaign.state).where(Campaign.id == campaign_id)).one()


# Submission


def test_submitting_keeps_a_copy_of_what_was_said(session, draft, whole, now):
    owner_id, campaign_id = draft()

    services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)

    found = queries.owner_campaign(session, campaign_id, owner_id)
    assert (found.state, found.submitted_at, found.editable) == ("submitted", now, False)
    assert queries.submissions(session, campaign_id) == (whole,)


def test_an_incomplete_draft_is_refused_with_everything_that_is_missing(session, draft, now, trace):
    owner_id, campaign_id = draft(title="", goal_cents=None, commune_code="00000", ends_on=date(2026, 11, 30))
    before = trace()

    with pytest.raises(Incomplete) as refusal:
        services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)

    assert {(problem.field, problem.code) for problem in refusal.value.problems} == {
        ("title", "title_missing"),
        ("goal_cents", "goal_missing"),
        ("commune_code", "project_commune_unknown"),
        ("ends_on", "ends_too_soon"),
    }
    assert trace() == before


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("55189", "project_commune_uninhabited"),
        ("16386", "project_commune_unknown"),
        ("75056", None),
        ("75101", "project_commune_unknown"),
    ],
)
def test_the_project_stands_in_a_living_commune(session, draft, now, code, problem):
    owner_id, campaign_id = draft(commune_code=code)

    if problem is None:
        services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
    else:
        with pytest.raises(Incomplete) as refusal:
            services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
        assert [found.code for found in refusal.value.problems] == [problem]


def test_the_e_mail_address_must_be_confirmed(session, draft, person, now, trace):
    owner_id, campaign_id = draft(owner_id=person(confirmed=False))
    before = trace()

    with pytest.raises(Refused, match="email_not_confirmed"):
        services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)

    assert trace() == before


def test_the_day_is_counted_in_paris(session, draft):
    owner_id, campaign_id = draft(ends_on=date(2026, 12, 14))
    evening = datetime(2026, 11, 22, 22, 59, tzinfo=UTC)

    with pytest.raises(Incomplete):
        services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=evening + timedelta(days=2))
    services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=evening + timedelta(days=1))

    assert state_of(session, campaign_id) == "submitted"


def test_a_submitted_campaign_cannot_be_changed_until_it_is_taken_back(session, submitted, whole, now, trace):
    owner_id, campaign_id = submitted()
    before = trace()

    with pytest.raises(Refused, match="not_editable"):
        services.save_draft(session, campaign_id=campaign_id, owner_id=owner_id, row_version=2, content=whole, now=now)
    with pytest.raises(Refused, match="not_editable"):
        queries.editable(session, campaign_id, owner_id)
    with pytest.raises(Refused, match="illegal_move"):
        services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
    assert trace() == before

    services.withdraw_submission(session, campaign_id=campaign_id, owner_id=owner_id, now=now)

    assert queries.editable(session, campaign_id, owner_id).state == "draft"


# Answers


def test_changes_are_asked_for_with_reasons_and_the_owner_submits_again(session, submitted, person, whole, now):
    owner_id, campaign_id = submitted()
    moderator = person("Modératrice")

    services.request_changes(
        session, campaign_id=campaign_id, actor_id=moderator, reasons=["R05", "R04"], note=" Dites où. ", now=now
    )
    editable = queries.editable(session, campaign_id, owner_id)
    services.save_draft(
        session,
        campaign_id=campaign_id,
        owner_id=owner_id,
        row_version=editable.row_version,
        content=replace(whole, title="Un titre plus clair"),
        now=now,
    )
    services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)

    answer = queries.history(session, campaign_id)[2]
    assert (answer.reasons, answer.note, answer.actor_name) == (("R04", "R05"), " Dites où. ", "Modératrice")
    assert [content.title for content in queries.submissions(session, campaign_id)] == [
        whole.title,
        "Un titre plus clair",
    ]


def test_a_refusal_is_final(session, submitted, person, now, trace):
    owner_id, campaign_id = submitted()
    services.refuse(session, campaign_id=campaign_id, actor_id=person(), reasons=["R12"], note="Hors charte.", now=now)
    before = trace()

    with pytest.raises(Refused, match="illegal_move"):
        services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)

    assert trace() == before


# Publication


@pytest.mark.unlawful  # published without being counted and listed
def test_publication_freezes_terms_and_zone(session, submitted, publish, whole, now):
    owner_id, campaign_id = submitted()

    publish(campaign_id)

    page = queries.public_campaign(session, campaign_id)
    version = session.scalars(select(CampaignVersion)).one()
    assert (page.state, page.version, page.opens_at) == ("live", 1, now)
    assert page.closes_at == datetime(2027, 1, 22, 23, tzinfo=UTC)
    assert (page.owner_id, page.owner_name) == (owner_id, "Nadia Berthault")
    assert (page.project_name, page.commune_code) == (whole.name, whole.commune_code)
    assert page.rings == (queries.Ring(0, "epci", 3, 1),)
    assert queries.zones(session, campaign_id) == RINGS
    assert session.scalars(select(CampaignRing.zone)).one() == ["86041", "86133", "86194"]
    assert version.terms["goal_cents"] == whole.goal_cents
    assert version.terms["story_markdown"] == whole.story_markdown
    assert version.terms_sha256 == rules.terms_digest(version.terms) == page.terms_sha256
    assert queries.cards(session, [campaign_id, uuid4()])[campaign_id].project_name == whole.name


@pytest.mark.unlawful  # published without being counted and listed
def test_a_campaign_is_public_before_its_first_day(session, submitted, publish, now):
    _owner, campaign_id = submitted(opens_on=date(2026, 12, 7))

    publish(campaign_id)

    page = queries.public_campaign(session, campaign_id)
    assert (page.state, page.published_at) == ("live", now)
    assert page.opens_at == datetime(2026, 12, 6, 23, tzinfo=UTC)
    version = session.scalars(select(CampaignVersion)).one()
    assert version.terms["opens_at"] == page.opens_at.isoformat()


def test_nothing_is_public_before_publication(session, submitted, draft):
    for _owner, campaign_id in (submitted(), draft()):
        with pytest.raises(NotFound):
            queries.public_campaign(session, campaign_id)
        assert queries.cards(session, [campaign_id]) == {}


def test_a_campaign_that_waited_too_long_is_not_published(session, submitted, publish, now, trace):
    _owner, campaign_id = submitted(ends_on=days.paris_day(now) + timedelta(days=21))
    before = trace()

    with pytest.raises(Incomplete) as refusal:
        publish(campaign_id, now=now + timedelta(days=1))

    assert [problem.code for problem in refusal.value.problems] == ["ends_too_soon"]
    assert trace() == before


def test_the_project_must_be_in_its_own_zone(session, submitted, publish, trace):
    _owner, campaign_id = submitted()
    before = trace()

    with pytest.raises(Refused, match="zone_without_project"):
        publish(campaign_id, rings=(frozenset({"86194"}),))

    assert trace() == before


def test_what_was_not_read_is_not_published(session, submitted, publish, now, trace):
    owner_id, campaign_id = submitted()
    read = queries.dossier(session, campaign_id).row_version
    services.withdraw_submission(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
    services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
    before = trace()

    with pytest.raises(Refused, match="changed_meanwhile"):
        publish(campaign_id, row_version=read)

    assert trace() == before


@pytest.mark.unlawful  # published without being counted and listed
@pytest.mark.parametrize("table", ["campaign_version", "campaign_ring", "campaign_event"])
@pytest.mark.parametrize("act", ["UPDATE {} SET campaign_id = campaign_id", "DELETE FROM {}"])
def test_what_is_frozen_stays_frozen(session, submitted, publish, table, act):
    _owner, campaign_id = submitted()
    publish(campaign_id)

    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.connection().exec_driver_sql(act.format(table))


# The end


def test_a_campaign_lives_to_its_end(session, submitted, publish, now):
    _owner, campaign_id = submitted()
    publish(campaign_id)

    for to in ("closing", "collecting", "funded"):
        services.move(session, campaign_id=campaign_id, to=to, cause="test", actor_id=None, now=now)
        assert state_of(session, campaign_id) == to

    assert queries.public_campaign(session, campaign_id).closed_at == now
    assert [step.new_state for step in queries.history(session, campaign_id)] == [
        "draft",
        "submitted",
        "live",
        "closing",
        "collecting",
        "funded",
    ]


@pytest.mark.parametrize("to", sorted(rules.PUBLIC - {"live"}))
def test_an_unpublished_campaign_has_no_end(session, submitted, to, now, trace):
    _owner, campaign_id = submitted()
    before = trace()

    with pytest.raises(Refused, match="illegal_move"):
        services.move(session, campaign_id=campaign_id, to=to, cause="test", actor_id=None, now=now)

    assert trace() == before


@pytest.mark.parametrize("to", ["draft", "submitted", "changes_requested", "refused", "live", "nowhere"])
def test_moves_that_have_a_service_of_their_own_do_not_pass_by_move(session, submitted, to, now):
    _owner, campaign_id = submitted()

    with pytest.raises(ValueError, match=to):
        services.move(session, campaign_id=campaign_id, to=to, cause="test", actor_id=None, now=now)
