"""A refused charge is mended by its backer within seven days; after that one last attempt is made."""

import pytest

from marketplace.core.errors import NotFound, Refused
from marketplace.core.money import Money
from marketplace.pledges import charging, collector, recovery
from marketplace.pledges.rules import RECOVERY
from tests.arranged import arranged
from tests.factories import DAY, HOUR, MINUTE, SECOND


@arranged
def refused(make):
    """A pledge whose charge was refused, its row, and the moment."""
    pledge = make.pledge(state="action_required")
    return pledge, make.row(**pledge.ids), pledge.at


def open_page(make, pledge, *, at, backer_id=None):
    return recovery.page_url(
        make.database,
        make.gateway,
        **pledge.ids,
        backer_id=backer_id or pledge.backer.id,
        locale="fr",
        site_url="http://127.0.0.1:8000",
        now=at,
    )


def page_of(make, pledge):
    return make.row(**pledge.ids).recovery_session_id


def hear(make, payment, at, number=1):
    return charging.look_up(
        make.database, make.gateway, payment_intent_id=payment, now=at, stripe_event_id=f"evt_{number}"
    )


def test_paying_on_the_page_makes_the_pledge_paid_once(make, refused, gateway, causes, queued):
    pledge, _row, at = refused
    url = open_page(make, pledge, at=at + HOUR)
    assert open_page(make, pledge, at=at + HOUR) == url, "an open page is used again"
    gateway.pay(page_of(make, pledge))

    assert recovery.look_up(make.database, gateway, **pledge.ids, now=at + HOUR) == "paid"
    assert recovery.look_up(make.database, gateway, **pledge.ids, now=at + HOUR) == "paid"
    payment = gateway.payment_pages[page_of(make, pledge)].payment.payment_intent_id
    assert hear(make, payment, at + HOUR) == "paid"

    assert gateway.taken == Money(50_00)
    assert causes(pledge.id)[-1] == "charge_succeeded"
    assert queued("notifications.send_mail")[-1]["kind"] == "campaign_succeeded"
    assert collector.run_one(make.database, gateway, **pledge.ids, now=at + RECOVERY) == "nothing_to_do"
    assert gateway.taken == Money(50_00)


def test_a_page_that_was_paid_on_leads_back_and_is_not_opened_again(make, refused, gateway):
    pledge, _row, at = refused
    open_page(make, pledge, at=at)
    gateway.pay(page_of(make, pledge))

    assert open_page(make, pledge, at=at + HOUR).endswith("?paiement=fait")

    assert make.row(**pledge.ids).state == "paid"
    assert len(gateway.payment_pages) == 1


def test_a_page_whose_time_is_over_is_followed_by_another(make, refused, gateway):
    pledge, row, at = refused
    first = open_page(make, pledge, at=at)
    gateway.expire_page(page_of(make, pledge))

    second = open_page(make, pledge, at=at + 2 * HOUR)

    assert first != second
    assert make.row(**pledge.ids).charge_attempt == row.charge_attempt + 2


def test_two_pages_opened_at_once_leave_one(make, refused, gateway, queued, monkeypatch):
    pledge, _row, at = refused
    opening = gateway.open_payment_page

    def while_another_opens_one(**facts):
        monkeypatch.setattr(gateway, "open_payment_page", opening)
        open_page(make, pledge, at=at)
        return opening(**facts)

    monkeypatch.setattr(gateway, "open_payment_page", while_another_opens_one)
    open_page(make, pledge, at=at)

    kept = page_of(make, pledge)
    (closed,) = [job["checkout_session_id"] for job in queued("pledges.close_card_page")]
    assert {kept, closed} == set(gateway.payment_pages)


def test_the_last_attempt_closes_the_page_first(make, refused, gateway):
    pledge, row, at = refused
    open_page(make, pledge, at=at)
    page = page_of(make, pledge)

    assert collector.run_one(make.database, gateway, **pledge.ids, now=row.recover_until) == "paid"

    assert gateway.payment_pages[page].state == "expired"
    assert gateway.taken == Money(50_00)


def test_who_pays_in_the_last_second_is_not_charged_again(make, refused, gateway, causes):
    """The page was paid on, no news came, and the last attempt begins."""
    pledge, row, at = refused
    open_page(make, pledge, at=at)
    gateway.pay(page_of(make, pledge))

    assert collector.run_one(make.database, gateway, **pledge.ids, now=row.recover_until) == "paid"

    assert gateway.taken == Money(50_00)
    assert "last_attempt" not in causes(pledge.id)


def test_a_page_declined_again_stays_open_and_the_last_attempt_comes(make, refused, gateway):
    pledge, row, at = refused
    open_page(make, pledge, at=at)
    gateway.pay(page_of(make, pledge), reason="card_declined")
    assert recovery.look_up(make.database, gateway, **pledge.ids, now=at) == "action_required"
    gateway.declines.append("card_declined")

    assert collector.run_one(make.database, gateway, **pledge.ids, now=row.recover_until) == "dropped"

    assert gateway.taken == Money(0)


def test_no_page_in_the_last_half_hour_nor_for_anybody_else(make, refused, gateway, snapshot):
    pledge, row, at = refused
    stranger = make.account()
    before = snapshot()

    with pytest.raises(Refused, match="last_attempt_soon"):
        open_page(make, pledge, at=row.recover_until - 30 * MINUTE)
    with pytest.raises(NotFound):
        open_page(make, pledge, at=at, backer_id=stranger.id)

    assert "open_payment_page" not in gateway.calls
    assert snapshot() == before


@pytest.mark.parametrize("state", ["confirmed", "charging", "paid", "dropped", "withdrawn"])
def test_nothing_to_mend_no_page(state, make, gateway):
    pledge = make.pledge(state=state)

    with pytest.raises(Refused, match="nothing_to_repair"):
        open_page(make, pledge, at=pledge.at)

    assert gateway.payment_pages == {}


def test_a_backer_is_told_at_once_half_way_and_on_the_last_day(make, refused, queued):
    _pledge, row, _at = refused
    until = row.recover_until

    def mails():
        return [mail["kind"] for mail in queued("notifications.send_mail") if mail["kind"].startswith("charge_")]

    assert mails() == ["charge_failed"]
    for at, expected in (
        (until - RECOVERY / 2 - SECOND, 0),
        (until - RECOVERY / 2, 1),
        (until - DAY - SECOND, 1),
        (until - DAY, 2),
        (until - SECOND, 2),
        (until, 2),
    ):
        for ref in make.do(lambda session, at=at: recovery.due_reminders(session, at)):
            make.do(
                lambda session, ref=ref, at=at: recovery.remind(session, campaign_id=ref[0], pledge_id=ref[1], now=at)
            )
        assert mails().count("charge_reminder") == expected, at
