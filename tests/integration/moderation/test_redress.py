"""Second looks, reports, complaints: who decides, until when, who is told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from marketplace.core.errors import NotFound, Refused
from marketplace.moderation import complaints, reexamination, registers, reports
from marketplace.moderation.complaints import Filed
from marketplace.notifications import rules as mails
from marketplace.projects import queries as projects
from tests.arranged import arranged
from tests.factories.moderation import FILED, ask_again, complain, report

ANSWER = "La charte exclut ce projet, article 3."
# The fixtures' day is Monday 2026-11-23: ten working days later is Monday 2026-12-07, inclusive.
TEN_DAYS = datetime(2026, 12, 7, 23, tzinfo=UTC)


@pytest.fixture
def mailed(session):
    """The kinds of mail asked for, checked for what they need."""

    def look():
        rows = session.execute(
            text(
                "SELECT args FROM procrastinate.procrastinate_jobs"
                " WHERE task_name = 'notifications.send_mail' ORDER BY id"
            )
        )
        found = [row.args for row in rows]
        for one in found:
            mails.check(one["kind"], one["params"])
        return [one["kind"] for one in found]

    return look


@arranged
def refused(make):
    return make.campaign(state="refused")


def test_a_lifted_refusal_gives_the_campaign_back(session, make, refused, mailed, now):
    make.do(lambda session: ask_again(session, campaign_id=refused.id, owner_id=refused.owner.id, now=now))
    assert registers.reexamination(session, refused.id).due_at == TEN_DAYS
    judge = make.account(administrator=True).id

    make.do(
        lambda session: reexamination.decide(
            session, campaign_id=refused.id, administrator_id=judge, overturn=True, answer=ANSWER, now=now
        )
    )

    found = projects.owner_campaign(session, refused.id, refused.owner.id)
    assert (found.state, found.history[-1].cause) == ("changes_requested", "refusal_overturned")
    assert registers.reexamination(session, refused.id).outcome == "overturned"
    assert mailed()[-1] == "reexamination_overturned"


def test_there_is_one_second_look_by_somebody_else(session, make, refused, now):
    ask = {"campaign_id": refused.id, "owner_id": refused.owner.id, "reason": ANSWER, "now": now}
    reexamination.ask(session, **ask)
    first = registers.reexamination(session, refused.id).refused_by
    decide = {"campaign_id": refused.id, "overturn": False, "answer": ANSWER, "now": now}

    with pytest.raises(Refused, match="same_administrator"):
        reexamination.decide(session, **decide, administrator_id=first)
    reexamination.decide(session, **decide, administrator_id=make.account(administrator=True).id)
    with pytest.raises(Refused, match="nothing_to_reexamine"):
        reexamination.decide(session, **decide, administrator_id=make.account(administrator=True).id)
    with pytest.raises(Refused, match="reexamination_once"):
        reexamination.ask(session, **ask)
    assert projects.dossier(session, refused.id).state == "refused"


def test_a_second_look_may_be_asked_for_during_six_months(session, make, refused, now):
    ask = {"campaign_id": refused.id, "owner_id": refused.owner.id, "reason": ANSWER}
    end = now.replace(year=2027, month=5) - timedelta(hours=1)  # the same hour in Paris, in summer

    with pytest.raises(Refused, match="reexamination_too_late"):
        reexamination.ask(session, **ask, now=end)
    with pytest.raises(NotFound):
        reexamination.ask(session, **ask | {"owner_id": make.account().id}, now=now)
    reexamination.ask(session, **ask, now=end - timedelta(seconds=1))


def test_only_a_refusal_is_looked_at_again(session, make, now):
    live = make.campaign()

    with pytest.raises(Refused, match="illegal_move"):
        ask_again(session, campaign_id=live.id, owner_id=live.owner.id, now=now)


def test_a_report_is_read_by_a_stranger_and_answered(session, make, mailed, now):
    live, person, judge = make.campaign(), make.account(), make.administrator()
    signed = report(session, campaign_id=live.id, now=now, reporter_id=person.id)
    anonymous = report(session, campaign_id=live.id, now=now)
    by = {"outcome": "founded", "answer": ANSWER, "now": now}
    assert registers.counts(session).reports == 2
    before = len(mailed())

    for one in (signed, anonymous):
        with pytest.raises(Refused, match="own_campaign"):
            reports.handle(session, report_id=one, administrator_id=live.owner.id, **by)
        reports.handle(session, report_id=one, administrator_id=judge.id, **by)
    with pytest.raises(Refused, match="report_handled"):
        reports.handle(session, report_id=signed, administrator_id=judge.id, **by)

    assert mailed()[before:] == ["report_answered"], "nobody knows whom to answer for the other"
    assert registers.counts(session).reports == 0


def test_only_what_is_public_is_reported(session, make, now):
    with pytest.raises(NotFound):
        report(session, campaign_id=make.campaign(state="submitted").id, now=now)


def test_a_complaint_is_acknowledged_delayed_and_answered_in_time(session, make, mailed, now):
    person, judge = make.account(), make.account(administrator=True).id
    complaint_id = complain(session, account_id=person.id, now=now)
    by = {"complaint_id": complaint_id, "administrator_id": judge}
    found = registers.complaint(session, complaint_id)
    assert (found.number, found.state, found.due_at) == ("R-2026-0001", "received", TEN_DAYS)

    with pytest.raises(Refused, match="complaint_not_open"):
        complaints.answer(session, **by, outcome="accepted", words=ANSWER, now=now)
    complaints.acknowledge(session, **by, admissible=True, because="", now=now)
    with pytest.raises(Refused, match="complaint_acknowledged"):
        complaints.acknowledge(session, **by, admissible=False, because=ANSWER, now=now)
    later = now + timedelta(days=14)
    complaints.delay(session, **by, because="Un expert doit regarder.", now=later)
    assert registers.complaint(session, complaint_id).due_at == datetime(2026, 12, 21, 23, tzinfo=UTC)
    complaints.answer(session, **by, outcome="partly", words=ANSWER, now=later)

    found = registers.complaint(session, complaint_id)
    assert (found.state, found.due_at, found.answer) == ("partly", None, ANSWER)
    assert mailed()[-4:] == ["complaint_received", "complaint_admissible", "complaint_delayed", "complaint_answered"]


def test_an_inadmissible_complaint_says_why_and_is_over(session, make, mailed, now):
    complaint_id = complain(session, account_id=make.account().id, now=now)
    by = {"complaint_id": complaint_id, "administrator_id": make.account(administrator=True).id, "now": now}

    with pytest.raises(Refused, match="note_missing"):
        complaints.acknowledge(session, **by, admissible=False, because=" ")
    complaints.acknowledge(session, **by, admissible=False, because="Elle vise un autre site.")

    assert registers.complaint(session, complaint_id).state == "inadmissible"
    assert mailed()[-1] == "complaint_inadmissible"
    assert registers.counts(session).complaints == 0


def test_nobody_answers_their_own_complaint(session, make, now):
    judge = make.account(administrator=True).id
    complaint_id = complain(session, account_id=judge, now=now)

    with pytest.raises(Refused, match="own_complaint"):
        complaints.acknowledge(
            session, complaint_id=complaint_id, administrator_id=judge, admissible=True, because="", now=now
        )


def test_complaints_are_numbered_and_bounded(session, make, now):
    person = make.account().id
    numbers = [complaints.file(session, account_id=person, filed=FILED, now=now) for _ in range(complaints.MOST_OPEN)]

    assert numbers == [f"R-2026-{number:04}" for number in range(1, 6)]
    with pytest.raises(Refused, match="too_many_complaints"):
        complaints.file(session, account_id=person, filed=FILED, now=now)


@pytest.mark.parametrize("field", ["name", "contact", "subject", "words"])
def test_a_complaint_says_who_and_what(session, make, now, field):
    blank = Filed(**{**dict.fromkeys(("name", "contact", "subject", "words"), "Un mot"), field: " "})

    with pytest.raises(Refused, match="complaint_field_missing") as refused:
        complaints.file(session, account_id=make.account().id, filed=blank, now=now)

    assert refused.value.field == field
    assert registers.complaints(session) == []
