"""Residents ask in public, the owner answers once, staff withdraws what was rightly reported."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.core.db import uuid7
from marketplace.core.errors import NotFound, Refused
from marketplace.moderation import reports
from marketplace.projects import questions
from marketplace.residency import services as residency

WORDS = "Le four sera-t-il chauffé au bois d’ici ?"


@pytest.fixture
def mails(session):
    """Who was sent which mail about questions."""

    def look():
        rows = session.execute(
            text("SELECT args FROM procrastinate_jobs WHERE task_name = 'notifications.send_mail' ORDER BY id")
        )
        return [
            (row.args["kind"], row.args["account_id"], row.args["params"]["note"])
            for row in rows
            if row.args["kind"].startswith("question_")
        ]

    return look


@pytest.fixture
def ask(session, now):
    def one(campaign, asker, words=WORDS, *, key=None, at=None):
        facts = {"campaign_id": campaign.id, "asker_id": asker.id, "form_key": key or uuid7(), "now": at or now}
        questions.ask(session, text=words, **facts)

    return one


def test_a_question_says_where_its_author_lives_and_the_owner_is_told(session, make, ask, mails):
    campaign, resident = make.campaign(), make.account(commune="86062", name="Claire M.")

    ask(campaign, resident, "  Le four sera-t-il\r\nchauffé au bois ? ")

    (one,) = questions.of_campaign(session, campaign.id)
    assert (one.commune_code, one.text, one.answer) == ("86062", "Le four sera-t-il\nchauffé au bois ?", None)
    assert "Claire" not in repr(one)
    assert mails() == [("question_asked", str(campaign.owner.id), one.text)]


def test_a_form_sent_twice_is_one_question_and_one_mail(session, make, ask, mails):
    campaign, resident, key = make.campaign(), make.account(), uuid7()

    ask(campaign, resident, key=key)
    ask(campaign, resident, key=key)

    assert len(questions.of_campaign(session, campaign.id)) == len(mails()) == 1


def test_the_answer_is_given_once_and_who_asked_is_told(session, make, mails, now):
    campaign, resident = make.campaign(), make.account()
    question_id = make.question(campaign, asker=resident)
    facts = {"campaign_id": campaign.id, "question_id": question_id, "owner_id": campaign.owner.id, "now": now}

    questions.answer(session, text="Oui, de la forêt de Ligugé.", **facts)
    with pytest.raises(Refused, match="question_answered"):
        questions.answer(session, text="Non.", **facts)

    assert questions.one(session, campaign.id, question_id).answer == "Oui, de la forêt de Ligugé."
    assert mails()[1:] == [("question_answered", str(resident.id), "Oui, de la forêt de Ligugé.")]
    assert questions.waiting(session, campaign.id) == []


def test_only_the_owner_answers(session, make, now):
    campaign = make.campaign()
    facts = {"campaign_id": campaign.id, "question_id": make.question(campaign), "text": "Oui.", "now": now}

    for stranger in (make.account(), make.administrator()):
        with pytest.raises(NotFound):
            questions.answer(session, owner_id=stranger.id, **facts)
    with pytest.raises(NotFound):
        questions.answer(session, owner_id=campaign.owner.id, **{**facts, "question_id": uuid7()})

    assert questions.unanswered(session, campaign.id) == 1


@pytest.mark.parametrize(
    ("words", "code"), [("", "too_short"), ("Pourquoi", "too_short"), ("x" * 1_001, "too_long"), ("\u202e" * 20, "too")]
)
def test_a_question_of_the_wrong_length_is_refused(session, make, ask, words, code):
    campaign = make.campaign()

    with pytest.raises(Refused, match=f"question_{code}"):
        ask(campaign, make.account(), words)

    assert questions.of_campaign(session, campaign.id) == []


def test_three_questions_a_day_and_person_about_one_campaign(session, make, ask, now):
    campaign, resident = make.campaign(), make.account()
    for _ in range(questions.MOST_A_DAY):
        ask(campaign, resident)

    with pytest.raises(Refused, match="too_many_questions"):
        ask(campaign, resident, at=now + timedelta(hours=23))

    ask(campaign, make.account())
    ask(make.campaign(), resident)
    ask(campaign, resident, at=now + timedelta(days=1))
    assert len(questions.of_campaign(session, campaign.id)) == questions.MOST_A_DAY + 2


def test_who_never_said_where_they_live_or_whose_year_is_over_asks_nothing(session, make, ask, now):
    campaign = make.campaign()

    with pytest.raises(Refused, match="question_needs_home"):
        ask(campaign, make.account(level=0))
    with pytest.raises(Refused, match="question_needs_home"):
        ask(campaign, make.account(), at=now + timedelta(days=400))

    assert questions.of_campaign(session, campaign.id) == []


def test_owners_do_not_ask_themselves(make, ask):
    campaign = make.campaign()

    with pytest.raises(Refused, match="own_question"):
        ask(campaign, campaign.owner)


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_what_is_not_public_is_not_asked_about(make, ask, state):
    with pytest.raises(NotFound):
        ask(make.campaign(state=state), make.account())


def test_a_campaign_that_is_over_keeps_its_questions_and_takes_answers_but_no_new_ones(session, make, ask, now):
    campaign = make.campaign()
    question_id = make.question(campaign)
    make.end(campaign.id, "failed")

    with pytest.raises(Refused, match="questions_closed"):
        ask(campaign, make.account())
    facts = {"campaign_id": campaign.id, "question_id": question_id, "owner_id": campaign.owner.id}
    questions.answer(session, text="Oui, mais ce ne sera pas cette fois.", now=now, **facts)

    assert len(questions.of_campaign(session, campaign.id)) == 1


def test_a_question_rightly_reported_leaves_the_page_and_its_author_is_told_why(session, make, mails, now):
    campaign, resident = make.campaign(), make.account()
    question_id = make.question(campaign, asker=resident)
    told = {"reason": "personal_data", "words": "Une adresse y est écrite.", "reporter_id": None}
    report_id = reports.report(session, campaign_id=campaign.id, question_id=question_id, now=now, **told)
    verdict = {"report_id": report_id, "administrator_id": make.administrator().id, "now": now}

    reports.handle(session, outcome="founded", answer="Elle donne une adresse.", **verdict)

    assert questions.of_campaign(session, campaign.id) == questions.waiting(session, campaign.id) == []
    assert questions.one(session, campaign.id, question_id).hidden
    assert mails()[-1] == ("question_withdrawn", str(resident.id), "Elle donne une adresse.")
    with pytest.raises(NotFound):
        questions.answer(
            session, campaign_id=campaign.id, question_id=question_id, owner_id=campaign.owner.id, text="Oui.", now=now
        )


def test_a_report_that_is_unfounded_leaves_the_question(session, make, now):
    campaign = make.campaign()
    question_id = make.question(campaign)
    told = {"reason": "other", "words": "Elle me déplaît, voilà tout.", "reporter_id": None}
    report_id = reports.report(session, campaign_id=campaign.id, question_id=question_id, now=now, **told)

    reports.handle(
        session,
        report_id=report_id,
        administrator_id=make.administrator().id,
        outcome="unfounded",
        answer="Rien n’y est faux.",
        now=now,
    )

    assert len(questions.of_campaign(session, campaign.id)) == 1


def test_a_question_of_another_campaign_is_not_reported_here(session, make, now):
    here, there = make.campaign(), make.campaign()
    told = {"reason": "other", "words": "Elle me déplaît, voilà tout.", "reporter_id": None}

    with pytest.raises(NotFound):
        reports.report(session, campaign_id=here.id, question_id=make.question(there), now=now, **told)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE campaign_question SET text = 'Une autre question, plus douce.'",
        "UPDATE campaign_question SET answer = 'Non, finalement.'",
        "UPDATE campaign_question SET asker_id = (SELECT id FROM account ORDER BY id LIMIT 1)",
        "DELETE FROM campaign_question",
    ],
)
def test_the_database_keeps_the_words(session, make, change):
    make.question(make.campaign(), answer="Oui, de la forêt de Ligugé.")

    with pytest.raises(DBAPIError, match="never changed"):
        session.execute(text(change))


def test_an_account_that_moves_keeps_where_it_asked_from(session, make, now):
    campaign, resident = make.campaign(), make.account(commune="86194")
    make.question(campaign, asker=resident)
    residency.move(session, account_id=resident.id, commune_code="79191", now=now)

    assert [one.commune_code for one in questions.of_campaign(session, campaign.id)] == ["86194"]
