"""A board admits those who subscribed co-operative shares, or everything goes back to them."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.core.db import uuid7
from marketplace.core.errors import NotFound, Refused
from marketplace.pledges import admissions, collector, errands, owed, rules, settlement
from marketplace.pledges.models import AdmissionCall
from marketplace.projects import ownership
from marketplace.projects.days import closing_instant, paris_day
from marketplace.projects.models import Campaign
from tests.arranged import arranged
from tests.factories import DAY
from tests.factories.instruments import offered

WHY = "Nos statuts réservent les parts aux habitants du canton."


@arranged
def shares(make):
    """Shares of which two people took 550 €, charged; the owner may be sent their money. Campaign, pledges, now."""
    campaign = make.campaign(**offered("cooperative_share"))
    took = [
        make.pledge(
            state="confirmed",
            campaign=campaign,
            backer=make.tested(make.account(name=name)),
            amount=euros,
            read=["investment_risk", "over_threshold"],
        )
        for name, euros in (("Claire M.", 300), ("Bastien P.", 250))
    ]
    at = make.end(campaign.id, "funded")
    make.recipient(campaign.id, now=at)
    return campaign, took, at


def run(make, pledge, at):
    return collector.run_one(make.database, make.gateway, **pledge.ids, now=at)


def admit(make, campaign, pledges, at, *, college="Usagers", owner=None):
    return make.do(
        lambda session: admissions.admit(
            session,
            campaign_id=campaign.id,
            owner_id=(owner or campaign.owner).id,
            pledge_ids={pledge.id for pledge in pledges},
            college=college,
            now=at,
        )
    )


def refuse(make, pledge, at, *, owner, reason=WHY):
    return make.do(lambda session: admissions.refuse(session, **pledge.ids, owner_id=owner.id, reason=reason, now=at))


def mails(queued):
    return [(job["kind"], job["account_id"]) for job in queued("notifications.send_mail") if "admission" in job["kind"]]


def test_every_decision_is_in_the_table_and_final():
    assert rules.ADMISSION_MOVES["awaiting"] == set(rules.ADMISSIONS)
    assert all(not rules.ADMISSION_MOVES[outcome] for outcome in rules.ADMISSIONS)
    rules.check_move("paid", "refunding", "not_admitted")


def test_nothing_goes_to_the_owner_before_somebody_is_admitted(make, shares, session):
    campaign, (claire, bastien), at = shares

    assert {make.row(**one.ids).state for one in (claire, bastien)} == {"paid"}
    assert [run(make, one, at + DAY) for one in (claire, bastien)] == ["nothing_to_do"] * 2
    admit(make, campaign, [claire], at + DAY)

    assert run(make, claire, at + DAY) == "sent"
    assert run(make, bastien, at + DAY) == "nothing_to_do"
    assert make.row(**bastien.ids).transfer_id is None
    assert bastien.id not in {ref[1] for ref in errands.to_run(session, now=at + DAY)}


def test_an_errand_written_down_too_early_comes_to_nothing(make, shares):
    _campaign, (claire, _bastien), at = shares
    row = make.row(**claire.ids)
    make.do(lambda session: errands.write_down(session, "transfer", row, now=at))

    run(make, claire, at)

    assert make.row(**claire.ids).state == "paid"
    assert not [one for one in make.gateway.transfers.values() if one.pledge.endswith(str(claire.id))]


def test_who_is_admitted_is_told_among_whom(make, shares, queued):
    campaign, (claire, bastien), at = shares

    assert admit(make, campaign, [claire, bastien], at) == 2
    assert admit(make, campaign, [claire], at) == 0

    assert mails(queued) == [
        ("admission_granted", str(one.backer.id)) for one in sorted((claire, bastien), key=lambda one: one.id)
    ]
    with make.database.reading() as session:
        assert {one.college for one in admissions.subscribers(session, campaign.id)} == {"Usagers"}
        assert admissions.of_pledge(session, campaign.id, claire.id)[:2] == ("admitted", "Usagers")


def test_who_only_writes_the_page_says_nothing_of_admissions(make, shares):
    campaign, (claire, bastien), at = shares
    editor, whom = make.account(), {"campaign_id": campaign.id, "now": at}
    invited = {**whom, "lead_id": campaign.owner.id, "email": editor.email, "role": "editor"}
    make.do(lambda session: ownership.invite(session, **invited))
    make.do(lambda session: ownership.accept(session, account_id=editor.id, **whom))

    for decide in (
        lambda: admit(make, campaign, [claire], at, owner=editor),
        lambda: refuse(make, bastien, at, owner=editor),
    ):
        with pytest.raises(Refused, match="owner_not_lead"):
            decide()
    with make.database.reading() as session:
        assert {one.outcome for one in admissions.subscribers(session, campaign.id)} == {None}


def test_who_is_refused_gets_everything_back_and_is_told_why(make, shares, queued, causes):
    campaign, (claire, bastien), at = shares

    assert refuse(make, claire, at, owner=campaign.owner) == "refunding"
    run(make, claire, at)

    assert make.row(**claire.ids).state == "refunded"
    assert causes(claire.id)[-2:] == ["not_admitted", "refund_succeeded"]
    (told,) = [job for job in queued("notifications.send_mail") if job["kind"] == "admission_refused"]
    assert (told["account_id"], told["params"]["note"]) == (str(claire.backer.id), WHY)
    with make.database.reading() as session:
        assert session.get_one(Campaign, campaign.id).state == "funded"
        shares_owed = owed.of_campaign(session, campaign.id)
        assert [one.pledge_id for one in shares_owed.shares] == [bastien.id]


def test_money_that_went_out_all_the_same_is_taken_back_first(make, shares):
    campaign, (claire, _bastien), at = shares
    admit(make, campaign, [claire], at)
    run(make, claire, at)
    forget = ("DISABLE TRIGGER USER", "ENABLE TRIGGER USER")
    # As if the release before had sent it: nobody was asked then.
    make.do(lambda session: session.execute(text(f"ALTER TABLE admission {forget[0]}")))
    make.do(lambda session: session.execute(text("DELETE FROM admission")))
    make.do(lambda session: session.execute(text(f"ALTER TABLE admission {forget[1]}")))

    assert refuse(make, claire, at, owner=campaign.owner) == "reversal_first"
    assert run(make, claire, at) == "reversed"
    run(make, claire, at)

    assert make.row(**claire.ids).state == "refunded"
    (sent,) = [one for one in make.gateway.transfers.values() if one.pledge.endswith(str(claire.id))]
    assert sent.taken_back == sent.amount


@pytest.mark.parametrize("second", ["admit", "refuse"])
@pytest.mark.parametrize("first", ["admit", "refuse"])
def test_a_decision_is_taken_once(make, shares, first, second):
    campaign, (claire, _bastien), at = shares
    acts = {
        "admit": lambda: admit(make, campaign, [claire], at),
        "refuse": lambda: refuse(make, claire, at, owner=campaign.owner),
    }
    acts[first]()

    if first == second == "admit":
        assert acts[second]() == 0
    else:
        with pytest.raises(Refused, match="admission_decided"):
            acts[second]()


def test_only_the_owner_decides_and_only_on_shares_that_have_their_money(make, shares):
    campaign, (claire, _bastien), at = shares
    live = make.campaign(**offered("cooperative_share"))
    gift = make.pledge(state="paid")

    for other in (make.account(), make.administrator(), claire.backer):
        with pytest.raises(NotFound):
            admit(make, campaign, [claire], at, owner=other)
        with pytest.raises(NotFound):
            refuse(make, claire, at, owner=other)
    with pytest.raises(NotFound):
        admit(make, live, [claire], at)
    with make.database.reading() as session:
        assert admissions.awaiting(session, gift.campaign_id) is None
        assert admissions.awaiting(session, campaign.id) == 2


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"college": ""}, "college_length"),
        ({"college": "x" * 101}, "college_length"),
        ({"pledges": []}, "nobody_chosen"),
    ],
)
def test_an_admission_that_says_too_little_writes_nothing(make, shares, snapshot, typed, code):
    campaign, took, at = shares
    before = snapshot()

    with pytest.raises(Refused, match=code):
        admit(make, campaign, typed.get("pledges", took), at, college=typed.get("college", "Usagers"))

    assert snapshot() == before


@pytest.mark.parametrize("reason", ["", "Non.", "x" * 1_001])
def test_a_refusal_says_why(make, shares, snapshot, reason):
    campaign, took, at = shares
    before = snapshot()

    with pytest.raises(Refused, match="admission_reason_length"):
        refuse(make, took[0], at, owner=campaign.owner, reason=reason)

    assert snapshot() == before


def test_a_subscription_of_nobody_is_not_admitted(make, shares, snapshot):
    campaign, (claire, _bastien), at = shares
    before = snapshot()

    with pytest.raises(NotFound):
        make.do(
            lambda session: admissions.admit(
                session,
                campaign_id=campaign.id,
                owner_id=campaign.owner.id,
                pledge_ids={claire.id, uuid7()},
                college="Usagers",
                now=at,
            )
        )

    assert snapshot() == before


def test_the_board_is_asked_once_with_the_day_its_terms_announced(make, shares, queued):
    campaign, _took, at = shares
    with make.database.reading() as session:
        assert admissions.campaigns_to_call(session) == [campaign.id]
    for _ in range(2):
        make.do(lambda session: admissions.call(session, campaign_id=campaign.id, now=at))

    with make.database.reading() as session:
        row = session.get_one(Campaign, campaign.id)
        assert admissions.due_at(session, campaign.id) == closing_instant(
            paris_day(row.closed_at) + timedelta(days=row.terms["admission_days"])
        )
        assert admissions.campaigns_to_call(session) == []
    assert mails(queued) == [("admissions_due", str(campaign.owner.id))]


def test_a_board_that_is_late_is_told_once_and_so_is_staff(make, shares, queued):
    campaign, took, at = shares
    staff = make.administrator()
    make.do(lambda session: admissions.call(session, campaign_id=campaign.id, now=at))
    with make.database.reading() as session:
        due = session.get_one(AdmissionCall, campaign.id).due_at
        assert admissions.calls_overdue(session, due - timedelta(seconds=1)) == []
        assert admissions.calls_overdue(session, due) == [campaign.id]
        assert [(one.campaign_id, one.awaiting) for one in admissions.calls(session)] == [(campaign.id, 2)]

    for _ in range(2):
        make.do(lambda session: admissions.tell_overdue(session, campaign_id=campaign.id, now=due))

    told = mails(queued)[1:]
    assert told[0] == ("admissions_overdue", str(campaign.owner.id))
    assert ("admissions_overdue_staff", str(staff.id)) in told
    assert len(told) == len(set(told))
    admit(make, campaign, took, due)
    with make.database.reading() as session:
        assert admissions.calls(session) == []


def test_a_board_that_decided_on_everybody_is_never_late(make, shares):
    campaign, took, at = shares
    make.do(lambda session: admissions.call(session, campaign_id=campaign.id, now=at))
    admit(make, campaign, took, at)

    with make.database.reading() as session:
        assert admissions.calls_overdue(session, at + 400 * DAY) == []


@pytest.mark.parametrize("change", ["UPDATE admission SET college = 'Soutiens'", "DELETE FROM admission"])
def test_the_database_keeps_what_was_decided(make, shares, session, change):
    campaign, took, at = shares
    admit(make, campaign, took, at)

    with pytest.raises(DBAPIError):
        session.execute(text(change))


def test_other_money_is_sent_without_a_board(make):
    gift = make.pledge(state="transferred")

    assert make.row(**gift.ids).transfer_id is not None
    make.do(lambda session: settlement.finish(session, campaign_id=gift.campaign_id, now=gift.at))
