"""Who may decide, who reads what now, what was checked, who agreed first."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts import organisations
from marketplace.core.audit import AuditEvent
from marketplace.core.errors import Refused
from marketplace.moderation import desk, queries, services, sheet
from marketplace.moderation.models import Claim, FirstVoice
from marketplace.moderation.sheet import Answer
from marketplace.projects import queries as projects
from marketplace.projects import services as drafts
from tests.factories.moderation import approve, check_everything

WHY = {"reasons": ["R05"], "note": "Dites où l’argent sera dépensé."}
LARGE = {"goal_cents": 90_000_00, "hard_cap_cents": 100_000_01}


def test_one_who_reads_holds_the_others_off_for_an_hour(session, submitted, administrator, person, now):
    _owner, campaign_id = submitted()
    other = person("Autre modératrice")
    check_everything(session, campaign_id=campaign_id, administrator_id=administrator, now=now)
    desk.claim(session, campaign_id=campaign_id, administrator_id=administrator, now=now)

    for act in (services.approve, desk.claim):
        with pytest.raises(Refused, match="claimed_by_other"):
            act(session, campaign_id=campaign_id, administrator_id=other, now=now + timedelta(minutes=59))
    assert queries.queue(session, now=now).items[0].claimed_by == administrator

    later = now + timedelta(hours=1)
    assert queries.queue(session, now=later).items[0].claimed_by is None
    desk.claim(session, campaign_id=campaign_id, administrator_id=other, now=later)
    assert services.approve(session, campaign_id=campaign_id, administrator_id=other, now=later)
    assert session.get(Claim, campaign_id) is None


def test_what_is_given_back_is_free(session, submitted, administrator, person, now):
    _owner, campaign_id = submitted()
    other = person("Autre modératrice")
    desk.claim(session, campaign_id=campaign_id, administrator_id=administrator, now=now)

    desk.give_up(session, campaign_id=campaign_id, administrator_id=other, now=now)
    assert queries.queue(session, now=now).totals["free"] == 0, "nobody gives back what somebody else has"
    desk.give_up(session, campaign_id=campaign_id, administrator_id=administrator, now=now)
    assert queries.queue(session, now=now).totals["free"] == 1


def test_whoever_is_tied_to_the_owner_decides_on_nothing(session, submitted, administrator, now):
    _owner, campaign_id = submitted()
    check_everything(session, campaign_id=campaign_id, administrator_id=administrator, now=now)

    desk.declare_link(session, campaign_id=campaign_id, administrator_id=administrator, now=now)
    desk.declare_link(session, campaign_id=campaign_id, administrator_id=administrator, now=now)

    who = {"campaign_id": campaign_id, "administrator_id": administrator, "now": now}
    for act in (
        lambda: services.approve(session, **who),
        lambda: services.refuse(session, **who, **WHY),
        lambda: services.send_back(session, **who, **WHY),
        lambda: desk.claim(session, **who),
    ):
        with pytest.raises(Refused, match="affiliate"):
            act()
    logged = select(AuditEvent.action).where(AuditEvent.action == "moderation.declare_link")
    assert len(session.scalars(logged).all()) == 1


def test_a_member_of_the_same_organisation_is_tied(session, make, now):
    campaign, judge = make.campaign(state="submitted"), make.administrator()
    found = projects.dossier(session, campaign.id)
    assert not desk.affiliated(session, judge.id, found)
    body = make.organisation(manager=campaign.owner)
    invitation = {"organisation_id": body.id, "manager_id": campaign.owner.id, "email": judge.email, "role": "member"}
    make.do(lambda session: organisations.invite(session, **invitation, now=now))
    assert not desk.affiliated(session, judge.id, found), "invited is not in"
    make.do(
        lambda session: organisations.accept_invitation(session, organisation_id=body.id, account_id=judge.id, now=now)
    )

    with pytest.raises(Refused, match="affiliate"):
        desk.claim(session, campaign_id=campaign.id, administrator_id=judge.id, now=now)


def test_an_administrator_decides_in_their_departements_only(session, submitted, administrator, now):
    _owner, campaign_id = submitted()
    check_everything(session, campaign_id=campaign_id, administrator_id=administrator, now=now)
    desk.set_competence(session, administrator_id=administrator, departements=["79"])

    with pytest.raises(Refused, match="outside_competence"):
        services.approve(session, campaign_id=campaign_id, administrator_id=administrator, now=now)
    here = queries.Wish(here=True)
    assert queries.queue(session, now=now, me=administrator, wish=here).total == 0

    desk.set_competence(session, administrator_id=administrator, departements=["86", "79"])
    assert queries.queue(session, now=now, me=administrator, wish=here).total == 1
    assert services.approve(session, campaign_id=campaign_id, administrator_id=administrator, now=now)


@pytest.mark.parametrize(
    ("change", "code"),
    [({}, "checks_missing"), ({"goal": Answer("no", "Trop haut.")}, "checks_failed")],
)
def test_nothing_is_published_before_everything_is_checked(session, submitted, administrator, now, change, code):  # noqa: PLR0917
    _owner, campaign_id = submitted()
    who = {"campaign_id": campaign_id, "administrator_id": administrator, "now": now}
    answers = {item: Answer("ok") for item in sheet.ALL[:-1]}
    if change:
        answers |= {sheet.ALL[-1]: Answer("na"), **change}
    desk.save_sheet(session, **who, answers=answers)

    with pytest.raises(Refused, match=code):
        services.approve(session, **who)
    assert projects.dossier(session, campaign_id).state == "submitted"


def test_what_is_sent_again_is_checked_again(session, submitted, administrator, now):
    owner_id, campaign_id = submitted()
    who = {"campaign_id": campaign_id, "administrator_id": administrator, "now": now}
    check_everything(session, **who)
    services.send_back(session, **who, **WHY)
    drafts.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)

    with pytest.raises(Refused, match="checks_missing"):
        services.approve(session, **who)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (Answer("no", "  "), "check_needs_note"),
        (Answer("peut-être"), "check_unknown"),
        (Answer("ok", "x" * 501), "check_too_long"),
        (Answer("ok", "", "x" * 501), "check_too_long"),
    ],
)
def test_an_answer_that_says_nothing_is_not_kept(session, submitted, administrator, now, given, code):  # noqa: PLR0917
    _owner, campaign_id = submitted()

    with pytest.raises(Refused, match=code) as refused:
        desk.save_sheet(
            session, campaign_id=campaign_id, administrator_id=administrator, answers={"identity": given}, now=now
        )

    assert refused.value.field == "identity"
    assert desk.sheet_of(session, campaign_id) == (None, {})


def test_two_agree_above_a_hundred_thousand_euros(session, submitted, administrator, person, now):
    _owner, campaign_id = submitted(**LARGE)
    second = person("Autre modératrice")
    who = {"campaign_id": campaign_id, "now": now}
    check_everything(session, **who, administrator_id=administrator)

    assert not services.approve(session, **who, administrator_id=administrator)
    assert projects.dossier(session, campaign_id).state == "submitted"
    assert queries.queue(session, now=now).items[0].first_voice == administrator
    with pytest.raises(Refused, match="voice_given_already"):
        services.approve(
            session, campaign_id=campaign_id, administrator_id=administrator, now=now + timedelta(minutes=1)
        )
    assert services.approve(session, **who, administrator_id=second)

    assert projects.dossier(session, campaign_id).state == "live"
    assert session.get(FirstVoice, (campaign_id, "publish")) is None
    acts = session.execute(select(AuditEvent.action, AuditEvent.actor_id).order_by(AuditEvent.id)).all()
    assert [tuple(act) for act in acts[-2:]] == [
        ("campaign.first_voice_publish", administrator),
        ("campaign.approve", second),
    ]


def test_one_is_enough_up_to_a_hundred_thousand_euros(session, submitted, administrator, now):
    _owner, campaign_id = submitted(**LARGE | {"hard_cap_cents": 100_000_00})

    approve(session, campaign_id=campaign_id, administrator_id=administrator, now=now)

    assert projects.dossier(session, campaign_id).state == "live"


def test_an_agreement_to_another_text_counts_for_nothing(session, submitted, administrator, person, now):
    owner_id, campaign_id = submitted(**LARGE)
    second = person("Autre modératrice")
    who = {"campaign_id": campaign_id, "now": now}
    check_everything(session, **who, administrator_id=administrator)
    services.approve(session, **who, administrator_id=administrator)
    drafts.withdraw_submission(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
    drafts.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
    check_everything(session, **who, administrator_id=second)

    assert not services.approve(session, **who, administrator_id=second)
    assert projects.dossier(session, campaign_id).state == "submitted"


def test_two_agree_to_the_same_fund(session, submitted, administrator, person, now):
    _owner, campaign_id = submitted(**LARGE)
    second = person("Autre modératrice")
    fund = {"fund": "Ville de Poitiers", "ring": 0, "percent": 50, "per_person_cents": 100_00, "total_cents": 180_00}
    who = {"campaign_id": campaign_id, "now": now}
    check_everything(session, **who, administrator_id=administrator)
    services.approve(session, **who, administrator_id=administrator, fund=fund)

    with pytest.raises(Refused, match="fund_differs"):
        services.approve(session, **who, administrator_id=second)
    assert services.approve(session, **who, administrator_id=second, fund=fund)


def test_the_list_puts_what_is_old_and_risky_first(session, submitted, now):
    _owner, plain = submitted(instrument="gift", at=now - timedelta(days=3))
    _owner, risky = submitted(
        hard_cap_cents=110_000_00,
        story_markdown="Un rendement garanti, sans risque, pour tous ceux qui viendront nous aider ici.",
        at=now - timedelta(days=2),
    )
    _owner, new = submitted(at=now)

    found = queries.queue(session, now=now)

    assert [item.campaign_id for item in found.items] == [risky, plain, new]
    assert [item.risk.total for item in found.items] == [8, 4, 5]
    assert (found.totals["high"], found.totals["medium"]) == (1, 2)


def test_the_median_wait_is_that_of_answers_of_ninety_days(session, submitted, administrator, now):
    assert queries.median_wait(session, now=now) == (None, 0)
    for hours in (1, 5, 30):
        _owner, campaign_id = submitted(at=now - timedelta(hours=hours))
        services.refuse(session, campaign_id=campaign_id, administrator_id=administrator, now=now, **WHY)
    submitted(at=now - timedelta(days=9))

    assert queries.median_wait(session, now=now + timedelta(days=1)) == (timedelta(hours=5), 3)
    assert queries.median_wait(session, now=now + timedelta(days=91)) == (None, 0)
