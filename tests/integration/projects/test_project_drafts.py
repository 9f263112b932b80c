"""Drafts of campaigns: begun, saved, cleaned, and nobody else's."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from marketplace.core.errors import NotFound, Refused
from marketplace.projects import queries, rules, services, story
from marketplace.projects.models import Campaign, Project
from marketplace.projects.rules import Content

pytestmark = pytest.mark.usefixtures("holds")


def test_an_empty_draft_is_kept_and_read_back(session, person, now):
    owner_id = person()

    campaign_id = services.create_draft(session, owner_id=owner_id, form_key=uuid4(), content=Content(), now=now)

    found = queries.owner_campaign(session, campaign_id, owner_id)
    assert (found.state, found.content, found.row_version, found.editable) == ("draft", Content(), 1, True)
    assert [(step.old_state, step.new_state, step.cause) for step in found.history] == [(None, "draft", "created")]


def test_the_same_form_sent_twice_makes_one_draft(session, person, whole, now):
    owner_id, other_id, key = person(), person(), uuid4()

    ids = [
        services.create_draft(session, owner_id=who, form_key=key, content=whole, now=now)
        for who in (owner_id, owner_id, other_id)
    ]

    assert ids[0] == ids[1] != ids[2]
    assert session.scalar(select(func.count()).select_from(Project)) == 2


def test_a_person_cannot_pile_up_drafts(session, person, now, trace):
    owner_id = person()
    for _number in range(rules.MOST_DRAFTS):
        services.create_draft(session, owner_id=owner_id, form_key=uuid4(), content=Content(), now=now)
    before = trace()

    with pytest.raises(Refused, match="too_many_drafts"):
        services.create_draft(session, owner_id=owner_id, form_key=uuid4(), content=Content(), now=now)

    assert trace() == before


def test_saving_replaces_the_draft_and_renders_the_story(session, draft, whole, now):
    owner_id, campaign_id = draft()
    changed = replace(whole, title="  Un   autre\ttitre ", story_markdown="# Ici\r\n\r\n<b>x</b>", loan_months=12)

    version = services.save_draft(
        session, campaign_id=campaign_id, owner_id=owner_id, row_version=1, content=changed, now=now
    )

    found = queries.owner_campaign(session, campaign_id, owner_id)
    assert version == found.row_version == 2
    assert found.content == replace(changed, title="Un autre titre", story_markdown="# Ici\n\n<b>x</b>")
    assert found.story_html == "<h3>Ici</h3>\n<p>&lt;b&gt;x&lt;/b&gt;</p>\n"
    assert session.scalars(select(Campaign.renderer)).one() == story.RENDERER


def test_a_gift_forgets_the_duration_of_a_loan(session, draft, whole, now):
    owner_id, campaign_id = draft()

    services.save_draft(
        session,
        campaign_id=campaign_id,
        owner_id=owner_id,
        row_version=1,
        content=replace(whole, instrument="gift"),
        now=now,
    )

    assert queries.owner_campaign(session, campaign_id, owner_id).content.loan_months is None


def test_two_tabs_do_not_overwrite_each_other(session, draft, whole, now, trace):
    owner_id, campaign_id = draft()
    services.save_draft(session, campaign_id=campaign_id, owner_id=owner_id, row_version=1, content=whole, now=now)
    before = trace()

    with pytest.raises(Refused, match="changed_meanwhile"):
        services.save_draft(
            session, campaign_id=campaign_id, owner_id=owner_id, row_version=1, content=Content(), now=now
        )

    assert trace() == before


def test_a_text_without_end_is_refused_at_its_field(session, draft, whole, now, trace):
    owner_id, campaign_id = draft()
    before = trace()

    with pytest.raises(Refused, match="stored_text_too_long") as refusal:
        services.save_draft(
            session,
            campaign_id=campaign_id,
            owner_id=owner_id,
            row_version=1,
            content=replace(whole, story_markdown="x" * 40_001),
            now=now,
        )

    assert refusal.value.field == "story_markdown"
    assert trace() == before


def test_hostile_texts_are_stored_harmless(session, draft, now):
    owner_id, campaign_id = draft(
        title="Titre\x00 \u202eretourné", summary="\ud800x", story_markdown="<script>alert(1)</script>\x00" * 3
    )

    found = queries.owner_campaign(session, campaign_id, owner_id)

    assert found.content.title == "Titre retourné"
    assert found.content.summary == "x"
    assert "<script" not in found.story_html


def test_the_board_lists_ones_own_campaigns_last_changed_first(session, draft, person, now, whole):
    owner_id = person()
    _owner, first = draft(owner_id=owner_id, title="Le premier projet")
    _owner, second = draft(owner_id=owner_id, title="Le second projet")
    draft(title="Celui d’un autre")
    services.save_draft(
        session, campaign_id=first, owner_id=owner_id, row_version=1, content=whole, now=now + timedelta(minutes=1)
    )

    assert [row.campaign_id for row in queries.owner_campaigns(session, owner_id)] == [first, second]


def test_somebody_elses_campaign_is_as_good_as_none(session, draft, person, whole, now, trace):  # noqa: PLR0917
    _owner, campaign_id = draft()
    stranger = person()
    before = trace()

    for attempt in (
        lambda: services.save_draft(
            session, campaign_id=campaign_id, owner_id=stranger, row_version=1, content=whole, now=now
        ),
        lambda: services.submit(session, campaign_id=campaign_id, owner_id=stranger, now=now),
        lambda: services.withdraw_submission(session, campaign_id=campaign_id, owner_id=stranger, now=now),
        lambda: queries.owner_campaign(session, campaign_id, stranger),
        lambda: queries.editable(session, campaign_id, stranger),
        lambda: queries.public_campaign(session, campaign_id),
        lambda: queries.dossier(session, campaign_id),
        lambda: services.submit(session, campaign_id=uuid4(), owner_id=stranger, now=now),
    ):
        with pytest.raises(NotFound):
            attempt()

    assert trace() == before
    assert queries.owner_campaigns(session, stranger) == []
