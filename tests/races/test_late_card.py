"""A card saved late is decided again while the same person promises elsewhere."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from marketplace.accounts.models import Account
from marketplace.core.db import sqlstate
from marketplace.payments.gateway import SavedCard
from marketplace.pledges import services

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
