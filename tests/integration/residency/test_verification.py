"""Asking for a check, and an administrator's answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.audit import AuditEvent
from marketplace.core.db import uuid7
from marketplace.core.errors import NotFound
from marketplace.core.years import year_after
from marketplace.residency import queries, services
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import ResidenceRequest
from marketplace.residency.rules import REFUSAL_REASONS

POITIERS, NIORT = "86194", "79191"


@pytest.fixture
def administrator(residents):
    return residents.person("admin@exemple.fr")


def test_requests_wait_in_order_and_one_at_a_time(residents, session, now):
    second, first = residents.resident(), residents.resident("autre@exemple.fr", NIORT)
    services.ask_verification(session, account_id=first, now=now)
    services.ask_verification(session, account_id=second, now=now + timedelta(hours=1))

    pending = queries.pending_requests(session)

    assert [(request.account_id, request.commune_label) for request in pending] == [
        (first, "Niort (Deux-Sèvres)"),
        (second, "Poitiers (Vienne)"),
    ]
    with pytest.raises(ResidenceRefused, match="verification_pending"):
        services.ask_verification(session, account_id=first, now=now)


def test_a_proof_seen_gives_level_three_for_a_year_logged_and_told(residents, session, now, administrator):
    account_id, neighbour = residents.resident(), residents.resident("autre@exemple.fr")
    request = services.ask_verification(session, account_id=account_id, now=now)
    later = now + timedelta(days=5)

    services.verify(session, request_id=request, administrator_id=administrator, now=later)

    home = queries.home(session, account_id)
    assert (home.level, home.verified_at, home.expires_at, home.request) == (3, later, year_after(later), "granted")
    assert queries.home(session, neighbour).level == 1
    event = session.scalars(select(AuditEvent)).one()
    assert (event.actor_id, event.action, event.subject_id) == (administrator, "residence.verify", home.id)
    assert event.details == {"request_id": str(request), "commune_code": POITIERS, "level": 3}
    assert residents.mails() == [("residence_verified", {})]
    assert queries.pending_requests(session) == []


def test_a_refusal_keeps_the_level_and_tells_why(residents, session, now, administrator):
    account_id = residents.resident()
    request = services.ask_verification(session, account_id=account_id, now=now)

    services.refuse(session, request_id=request, administrator_id=administrator, reason="too_old", now=now)

    home = queries.home(session, account_id)
    assert (home.level, home.request, home.refusal) == (1, "refused", "too_old")
    assert session.scalars(select(AuditEvent.action)).all() == ["residence.refuse"]
    assert residents.mails() == [("residence_refused", {"reason": "too_old"})]
    services.ask_verification(session, account_id=account_id, now=now + timedelta(days=1))
    assert queries.home(session, account_id).request == "pending"


def decisions(session, request, decider, now):
    yield lambda: services.verify(session, request_id=request, administrator_id=decider, now=now)
    for reason in REFUSAL_REASONS:
        yield lambda reason=reason: services.refuse(
            session, request_id=request, administrator_id=decider, reason=reason, now=now
        )


def test_nobody_decides_for_themselves(residents, session, now):
    account_id = residents.resident()
    request = services.ask_verification(session, account_id=account_id, now=now)

    for decide in decisions(session, request, account_id, now):
        with pytest.raises(ResidenceRefused, match="own_residence"):
            decide()

    assert queries.home(session, account_id).level == 1
    assert session.scalars(select(AuditEvent)).all() == []


def test_an_answer_is_given_once(residents, session, now, administrator):
    request = services.ask_verification(session, account_id=residents.resident(), now=now)
    services.verify(session, request_id=request, administrator_id=administrator, now=now)

    for decide in decisions(session, request, administrator, now):
        with pytest.raises(ResidenceRefused, match="request_decided"):
            decide()
    with pytest.raises(NotFound):
        queries.request(session, request)


def test_an_unknown_request_or_reason_is_refused(residents, session, now, administrator):
    request = services.ask_verification(session, account_id=residents.resident(), now=now)

    with pytest.raises(NotFound):
        services.verify(session, request_id=uuid7(), administrator_id=administrator, now=now)
    with pytest.raises(ResidenceRefused, match="refusal_reason_unknown"):
        services.refuse(session, request_id=request, administrator_id=administrator, reason="ugly", now=now)

    assert session.scalars(select(ResidenceRequest.outcome)).one() is None


def test_a_move_makes_the_request_moot(residents, session, now, administrator):
    account_id = residents.resident()
    request = services.ask_verification(session, account_id=account_id, now=now)

    services.move(session, account_id=account_id, commune_code=NIORT, now=now)

    assert queries.pending_requests(session) == []
    with pytest.raises(ResidenceRefused, match="request_decided"):
        services.verify(session, request_id=request, administrator_id=administrator, now=now)
    assert queries.home(session, account_id).level == 1


def test_a_living_proof_needs_no_other_until_near_its_end(residents, session, now, administrator):
    account_id = residents.resident()
    request = services.ask_verification(session, account_id=account_id, now=now)
    services.verify(session, request_id=request, administrator_id=administrator, now=now)

    with pytest.raises(ResidenceRefused, match="already_verified"):
        services.ask_verification(session, account_id=account_id, now=now + timedelta(days=100))

    services.ask_verification(session, account_id=account_id, now=now + timedelta(days=330))
