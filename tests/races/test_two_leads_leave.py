"""Of two who commit a project and leave it at once, one stays."""

import threading

import pytest

from marketplace.core.errors import Refused
from marketplace.projects import invariants, ownership


def test_the_second_of_two_leads_stays(make, committed, now):
    """The first has left and not committed: the second waits for it, then finds nobody else."""
    draft, other = make.campaign(state="draft"), make.account()
    own = {"campaign_id": draft.id, "now": now}
    make.do(lambda session: ownership.invite(session, lead_id=draft.owner.id, email=other.email, role="lead", **own))
    make.do(lambda session: ownership.accept(session, account_id=other.id, **own))
    refused, done = [], threading.Event()

    def leave():
        with pytest.raises(Refused) as refusal:
            committed.in_transaction(lambda session: ownership.leave(session, account_id=other.id, **own))
        refused.append(refusal.value.code)
        done.set()

    second = threading.Thread(target=leave)
    with committed.sessions() as session:
        ownership.leave(session, account_id=draft.owner.id, **own)
        second.start()
        assert not done.wait(0.5), "the lock of the project holds the second off"
        session.commit()
    second.join(10)

    assert refused == ["last_lead"]
    with committed.sessions() as session:
        assert invariants.every_project_has_a_lead(session) == []
