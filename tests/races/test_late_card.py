"""A card saved late is decided again while the same person promises elsewhere."""

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from marketplace.accounts.models import Account
from marketplace.core.db import sqlstate
from marketplace.payments.gateway import SavedCard
from marketplace.pledges import services
from marketplace.pledges.transitions import lock_pledge

CARD = SavedCard("pm_late", "visa", "4242", "12/2030")


def test_a_late_card_waits_for_what_the_same_person_promises_elsewhere(make, committed):
    """What a level allows in a year crosses campaigns: both decide under the lock of the account."""
    pledge = make.pledge(state="abandoned")

    def save(session):
        session.execute(text("SET LOCAL lock_timeout = '200ms'"))
        services.card_saved(session, **pledge.ids, card=CARD, setup_intent_id="seti_late", now=pledge.at)

    with committed.sessions() as elsewhere:
        # What `commit_batch` holds while it decides about another campaign.
        elsewhere.execute(select(Account.id).where(Account.id == pledge.backer.id).with_for_update(key_share=True))
        with pytest.raises(OperationalError) as waited:
            committed.in_transaction(save)
        elsewhere.rollback()
    assert sqlstate(waited.value) == "55P03"

    committed.in_transaction(save)

    assert make.row(**pledge.ids).state == "reflecting"


def saves_late(pledge):
    return lambda session: services.card_saved(
        session, **pledge.ids, card=CARD, setup_intent_id="seti_late", now=pledge.at
    )


def test_a_late_card_waits_for_its_person_without_holding_the_pledge(make, committed, meanwhile):
    """One order of locks: person, pledge, tally. Whoever changes the amount has the person and wants the pledge."""
    pledge = make.pledge(state="abandoned")

    assert meanwhile(pledge, saves_late(pledge)) is None

    assert make.row(**pledge.ids).state == "reflecting"


def test_the_control_with_the_pledge_locked_first_each_waits_for_the_other(make, committed, meanwhile):
    pledge = make.pledge(state="abandoned")

    def as_it_was(session):
        lock_pledge(session, **pledge.ids)
        saves_late(pledge)(session)

    assert meanwhile(pledge, as_it_was) == "55P03"


@pytest.fixture
def meanwhile(committed, blocked):
    """Lock a person, start a work that waits for them, then lock the pledge too; return the database's complaint."""

    def race(pledge, work):
        thread = threading.Thread(target=committed.in_transaction, args=(work,))
        with committed.sessions() as elsewhere:
            elsewhere.execute(select(Account.id).where(Account.id == pledge.backer.id).with_for_update(key_share=True))
            thread.start()
            assert blocked(), "it did not wait for the person"
            elsewhere.execute(text("SET LOCAL lock_timeout = '200ms'"))
            try:
                lock_pledge(elsewhere, **pledge.ids)
                complaint = None
            except OperationalError as waited:
                complaint = sqlstate(waited)
            elsewhere.rollback()
        thread.join(10)
        return complaint

    return race
