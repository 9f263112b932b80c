"""Several people own a project, an organisation carries it: who may do what, and what stays true."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from marketplace.accounts import organisations
from marketplace.core.audit import AuditEvent
from marketplace.core.errors import NotFound, Refused
from marketplace.core.money import Money
from marketplace.moderation import desk
from marketplace.moderation import services as moderation
from marketplace.pledges.commit import Request, commit_batch
from marketplace.pledges.models import Pledge as PledgeRow
from marketplace.projects import carrying, news, owners, ownership, queries, room, services
from marketplace.projects.days import paris_day
from marketplace.projects.errors import Incomplete
from marketplace.projects.models import Campaign, CampaignVersion, Project, ProjectOwner
from marketplace.projects.terms import NONE
from tests.factories import DAY
from tests.factories.instruments import offered
from tests.factories.moderation import approve


@pytest.fixture
def join(session, now):
    """Invite somebody to a campaign's project and have them accept."""

    def one(campaign, account, role="editor"):
        ownership.invite(
            session, campaign_id=campaign.id, lead_id=campaign.owner.id, email=account.email, role=role, now=now
        )
        ownership.accept(session, campaign_id=campaign.id, account_id=account.id, now=now)
        return account

    return one


@pytest.fixture
def carried(make, session, now):
    """Make a draft that an organisation carries; return it with the organisation."""

    def one(**content):
        owner = make.account()
        body = make.organisation(manager=owner, legal_form="scop")
        campaign = make.campaign(state="draft", owner=owner, **content)
        carrying.carry(session, campaign_id=campaign.id, owner_id=owner.id, organisation_id=body.id, now=now)
        return campaign, body

    return one


def project_of(session, campaign):
    return session.scalars(select(Project).join(Campaign).where(Campaign.id == campaign.id)).one()


def save(session, campaign_id, who, now, **changes):
    found = queries.owner_campaign(session, campaign_id, who)
    return services.save_draft(
        session,
        campaign_id=campaign_id,
        owner_id=who,
        row_version=found.row_version,
        content=replace(found.content, **changes),
        now=now,
    )


def test_an_invited_person_sees_nothing_before_they_accept(session, make, now):
    campaign, other = make.campaign(state="draft"), make.account()

    ownership.invite(
        session, campaign_id=campaign.id, lead_id=campaign.owner.id, email=other.email, role="editor", now=now
    )

    with pytest.raises(NotFound):
        queries.owner_campaign(session, campaign.id, other.id)
    assert [one.campaign_id for one in owners.invitations(session, other.id)] == [campaign.id]
    ownership.accept(session, campaign_id=campaign.id, account_id=other.id, now=now)
    assert queries.owner_campaign(session, campaign.id, other.id).campaign_id == campaign.id
    assert [one.campaign_id for one in queries.owner_campaigns(session, other.id)] == [campaign.id]
    assert owners.invitations(session, other.id) == []


def test_an_address_without_an_account_changes_nothing(session, make, now):
    campaign = make.campaign(state="draft")
    invitation = {"campaign_id": campaign.id, "lead_id": campaign.owner.id, "role": "editor", "now": now}

    ownership.invite(session, email="personne@exemple.fr", **invitation)
    ownership.invite(session, email=campaign.owner.email, **invitation)

    assert len(session.scalars(select(ProjectOwner)).all()) == 1


def test_an_editor_writes_and_does_not_commit(session, make, join, now):
    campaign, editor = make.campaign(state="draft"), make.account()
    join(campaign, editor)
    whom = {"campaign_id": campaign.id, "owner_id": editor.id, "now": now}

    save(session, campaign.id, editor.id, now, title="Un four plus grand pour le fournil")

    for act in (
        lambda: services.submit(session, **whom),
        lambda: ownership.invite(session, campaign_id=campaign.id, lead_id=editor.id, email="x", role="lead", now=now),
        lambda: ownership.remove(
            session, campaign_id=campaign.id, lead_id=editor.id, account_id=campaign.owner.id, now=now
        ),
        lambda: carrying.carry(session, **whom, organisation_id=None),
        lambda: queries.led_campaign(session, campaign.id, editor.id, now),
    ):
        with pytest.raises(Refused, match="owner_not_lead"):
            act()
    assert queries.owner_campaign(session, campaign.id, editor.id).state == "draft"
    ownership.set_role(
        session, campaign_id=campaign.id, lead_id=campaign.owner.id, account_id=editor.id, role="lead", now=now
    )
    services.submit(session, **whom)
    assert queries.owner_campaign(session, campaign.id, editor.id).state == "submitted"


def test_an_editor_gives_news(session, make, join, now):
    campaign, editor = make.campaign(), make.account()
    join(campaign, editor)

    news.post(
        session,
        campaign_id=campaign.id,
        owner_id=editor.id,
        form_key=campaign.id,
        text="Le four est arrivé ce matin.",
        now=now,
    )

    assert len(news.of_campaign(session, campaign.id)) == 1


def test_the_last_who_leads_stays(session, make, join, now):
    campaign, editor = make.campaign(state="draft"), make.account()
    join(campaign, editor)
    own = {"campaign_id": campaign.id, "now": now}

    with pytest.raises(Refused, match="last_lead"):
        ownership.leave(session, account_id=campaign.owner.id, **own)

    with pytest.raises(Refused, match="last_lead"):
        ownership.set_role(session, lead_id=campaign.owner.id, account_id=campaign.owner.id, role="editor", **own)
    ownership.leave(session, account_id=editor.id, **own)
    with pytest.raises(NotFound):
        queries.owner_campaign(session, campaign.id, editor.id)


def test_a_draft_goes_on_with_the_lead_who_stays(session, make, join, now):
    campaign, other = make.campaign(state="draft"), make.account()
    join(campaign, other, "lead")

    ownership.leave(session, campaign_id=campaign.id, account_id=campaign.owner.id, now=now)

    assert project_of(session, campaign).owner_id == other.id
    with pytest.raises(NotFound):
        queries.owner_campaign(session, campaign.id, campaign.owner.id)


def test_nobody_takes_a_project_from_who_carries_it(session, make, join, now):
    draft, live, other = make.campaign(state="draft"), make.campaign(), make.account()
    for campaign in (draft, live):
        join(campaign, other, "lead")
    theirs = {"lead_id": other.id, "account_id": draft.owner.id, "campaign_id": draft.id, "now": now}

    for act in (
        lambda: ownership.remove(session, **theirs),
        lambda: ownership.set_role(session, role="editor", **theirs),
        lambda: ownership.leave(session, campaign_id=live.id, account_id=live.owner.id, now=now),
    ):
        with pytest.raises(Refused, match="carrier_stays"):
            act()
    assert project_of(session, draft).owner_id == draft.owner.id
    assert project_of(session, live).owner_id == live.owner.id


def test_every_act_is_in_the_log(session, make, join, now):
    campaign, other = make.campaign(state="draft"), make.account()
    join(campaign, other)
    own = {"campaign_id": campaign.id, "lead_id": campaign.owner.id, "account_id": other.id, "now": now}

    ownership.set_role(session, role="lead", **own)
    ownership.remove(session, **own)

    logged = select(AuditEvent.action).where(AuditEvent.subject_id == project_of(session, campaign).id)
    assert list(session.scalars(logged.order_by(AuditEvent.id))) == [
        "project.invite_owner",
        "project.accept_invitation",
        "project.set_role",
        "project.remove_owner",
    ]


def test_what_two_write_at_once_is_a_conflict_and_loses_nothing(session, make, join, now):
    campaign, other = make.campaign(state="draft"), make.account()
    join(campaign, other)
    seen = queries.owner_campaign(session, campaign.id, other.id)
    save(session, campaign.id, campaign.owner.id, now, title="Ce que la première a écrit")

    with pytest.raises(Refused, match="changed_meanwhile"):
        services.save_draft(
            session,
            campaign_id=campaign.id,
            owner_id=other.id,
            row_version=seen.row_version,
            content=replace(seen.content, title="Ce que l’autre a écrit"),
            now=now,
        )

    assert queries.owner_campaign(session, campaign.id, other.id).content.title == "Ce que la première a écrit"


# --- an organisation carries it ---


def test_an_organisation_carries_a_draft_with_its_legal_form(session, carried):
    campaign, body = carried(legal_form="association")

    found = queries.owner_campaign(session, campaign.id, campaign.owner.id)

    assert found.organisation.id == body.id == found.carrier_id
    assert (found.owner_name, found.content.legal_form) == ("La scierie du Clain", "scop")


def test_only_with_a_mandate_of_the_organisation(session, make, now):
    campaign, stranger = make.campaign(state="draft"), make.organisation()

    with pytest.raises(Refused, match="carrier_not_yours"):
        carrying.carry(
            session, campaign_id=campaign.id, owner_id=campaign.owner.id, organisation_id=stranger.id, now=now
        )

    assert project_of(session, campaign).organisation_id is None


def test_the_people_of_the_organisation_act_as_far_as_their_mandate_goes(session, make, carried, now):
    campaign, body = carried()
    manager, member = make.account(), make.account()
    for person, role in ((manager, "manager"), (member, "member")):
        organisations.invite(
            session, organisation_id=body.id, manager_id=body.manager.id, email=person.email, role=role, now=now
        )
        organisations.accept_invitation(session, organisation_id=body.id, account_id=person.id, now=now)

    save(session, campaign.id, manager.id, now, title="Ce que la gestionnaire a écrit")

    with pytest.raises(NotFound):
        queries.owner_campaign(session, campaign.id, member.id)
    with pytest.raises(Refused, match="owner_without_mandate"):
        services.submit(session, campaign_id=campaign.id, owner_id=manager.id, now=now)
    mandate = {"organisation_id": body.id, "account_id": manager.id, "capacity": "delegate", "function": "Trésorière"}
    mandate_id = organisations.declare_mandate(session, **mandate, now=now)
    organisations.accept_mandate(session, mandate_id=mandate_id, administrator_id=make.administrator().id, now=now)
    services.submit(session, campaign_id=campaign.id, owner_id=manager.id, now=now)
    assert queries.owner_campaign(session, campaign.id, manager.id).state == "submitted"


def test_a_mandate_that_ran_out_commits_nothing(session, carried, now):
    campaign, _body = carried()

    with pytest.raises(Refused, match="owner_without_mandate"):
        queries.led_campaign(session, campaign.id, campaign.owner.id, now + 400 * DAY)

    assert owners.role_in(session, campaign.id, campaign.owner.id, now + 400 * DAY) == "editor"


def test_another_legal_form_than_the_organisations_is_not_sent(session, carried, now):
    campaign, _body = carried()
    save(session, campaign.id, campaign.owner.id, now, legal_form="association")

    with pytest.raises(Incomplete) as refusal:
        services.submit(session, campaign_id=campaign.id, owner_id=campaign.owner.id, now=now)

    assert [one.code for one in refusal.value.problems] == ["legal_form_not_of_carrier"]


def test_who_carries_it_is_settled_once_it_is_sent(session, carried, now):
    campaign, _body = carried()
    services.submit(session, campaign_id=campaign.id, owner_id=campaign.owner.id, now=now)

    with pytest.raises(Refused, match="carrier_settled"):
        carrying.carry(session, campaign_id=campaign.id, owner_id=campaign.owner.id, organisation_id=None, now=now)


def test_nobody_decides_on_a_campaign_of_their_organisation(session, make, carried, now):
    campaign, body = carried()
    judge = make.administrator()
    services.submit(session, campaign_id=campaign.id, owner_id=campaign.owner.id, now=now)
    organisations.invite(
        session, organisation_id=body.id, manager_id=body.manager.id, email=judge.email, role="member", now=now
    )
    organisations.accept_invitation(session, organisation_id=body.id, account_id=judge.id, now=now)

    with pytest.raises(Refused, match="affiliate"):
        desk.claim(session, campaign_id=campaign.id, administrator_id=judge.id, now=now)


def test_an_owner_who_came_later_decides_on_nothing_either(session, make, join, now):
    campaign, judge = make.campaign(state="submitted"), make.administrator()
    join(campaign, judge)

    with pytest.raises(Refused, match="own_campaign"):
        moderation.refuse(
            session,
            campaign_id=campaign.id,
            administrator_id=judge.id,
            reasons=["R05"],
            note="Dites où l’argent sera dépensé.",
            now=now,
        )


def test_money_of_the_people_and_of_the_organisation_is_related(session, make, join, now):
    owner = make.account()
    body = make.organisation(manager=owner)
    campaign, editor = make.campaign(owner=owner), make.account()
    join(campaign, editor)
    session.get_one(Project, project_of(session, campaign).id).organisation_id = body.id
    session.flush()
    asked = [
        Request(backer_id=editor.id, amount=Money(20_00), form_key=editor.id),
        Request(backer_id=owner.id, amount=Money(20_00), form_key=body.id, organisation_id=body.id),
        Request(backer_id=make.account().id, amount=Money(20_00), form_key=campaign.id),
    ]

    commit_batch(session, campaign_id=campaign.id, requests=asked, now=now)

    made = session.scalars(select(PledgeRow).order_by(PledgeRow.opened_at, PledgeRow.id))
    assert {one.form_key: one.related for one in made} == {editor.id: True, body.id: True, campaign.id: False}


def test_offers_add_up_by_who_carries_them(session, make, carried, now):
    campaign, body = carried(**offered("loan"))
    services.submit(session, campaign_id=campaign.id, owner_id=campaign.owner.id, now=now)
    approve(session, campaign_id=campaign.id, administrator_id=make.administrator().id, now=now)

    assert len(room.of_carrier(session, body.id, NONE, today=paris_day(now)).counted) == 1
    assert room.of_carrier(session, campaign.owner.id, NONE, today=paris_day(now)).counted == ()


def test_publication_freezes_the_organisation(session, make, carried, now):
    campaign, body = carried()
    services.submit(session, campaign_id=campaign.id, owner_id=campaign.owner.id, now=now)
    approve(session, campaign_id=campaign.id, administrator_id=make.administrator().id, now=now)

    terms = session.scalars(select(CampaignVersion.terms)).one()

    assert terms["organisation_id"] == str(body.id)
    assert queries.public_campaign(session, campaign.id).organisation.siren == "732829320"


def test_money_matters_are_told_to_who_commits_the_project(session, make, join):
    campaign, lead, editor = make.campaign(), make.account(), make.account()
    join(campaign, lead, "lead")
    join(campaign, editor)

    assert owners.to_tell(session, campaign.id, money=True) == sorted([campaign.owner.id, lead.id])
    assert owners.to_tell(session, campaign.id) == sorted([campaign.owner.id, lead.id, editor.id])
