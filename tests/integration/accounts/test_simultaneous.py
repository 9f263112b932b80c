"""Two at once: one account, one use of a link, one home, no device that outlives a change of password."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from marketplace.accounts import queries, services, sign_in
from marketplace.accounts.models import Account, AccountSession
from marketplace.core.errors import Refused
from marketplace.residency import services as residency
from marketplace.residency.models import ResidenceLink, ResidenceRequest

POITIERS, NIORT, BORDEAUX = "86194", "79191", "33063"


@pytest.fixture
def together(committed) -> Callable:
    """Run works at the same moment, each in its transaction; return their refusals, None for a success."""

    def run(*works):
        gate = threading.Barrier(len(works))

        def one(work):
            gate.wait()
            try:
                committed.in_transaction(work)
            except Refused as refused:
                return refused.code
            return None

        with ThreadPoolExecutor(len(works)) as pool:
            return sorted(pool.map(one, works), key=str)

    return run


@pytest.fixture
def account_id(committed, now):
    return committed.in_transaction(lambda session: register(session, now).account_id)


def register(session, now, email="camille@exemple.fr"):
    return services.register(session, email=email, display_name="Camille", password_hash="hash", locale="fr", now=now)


def count(committed, table):
    with committed.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_one_address_becomes_one_account(committed, together, now):
    assert together(*[lambda session: register(session, now)] * 6) == [None] * 6
    assert count(committed, Account) == 1


def test_a_link_is_used_once(committed, together, account_id, now):
    with committed.reading() as session:
        stamp = sign_in.stamp_of(session, account_id)

    def reset(password_hash):
        return lambda session: services.reset_password(
            session, account_id=account_id, security_stamp=stamp, password_hash=password_hash, now=now
        )

    assert together(reset("a"), reset("b"), reset("c"), reset("d")) == [None, "link_used", "link_used", "link_used"]


def test_no_device_outlives_a_change_of_password(committed, together, account_id, now):
    for _ in range(5):
        with committed.reading() as session:
            stamp = sign_in.stamp_of(session, account_id)

        together(
            lambda session, stamp=stamp: services.change_password(
                session, account_id=account_id, security_stamp=stamp, password_hash="new"
            ),
            *[
                lambda session, stamp=stamp: sign_in.open_session(
                    session, account_id=account_id, security_stamp=stamp, device="", now=now
                )
            ]
            * 4,
        )

        assert count(committed, AccountSession) == 0
    with committed.reading() as session:
        assert queries.devices(session, account_id, now=now) == []


def test_one_home_one_request_and_two_moves(committed, together, account_id, now):
    def declare(code):
        return lambda session: residency.declare(session, account_id=account_id, commune_code=code, now=now)

    def move(code):
        return lambda session: residency.move(session, account_id=account_id, commune_code=code, now=now)

    assert together(declare(POITIERS), declare(NIORT), declare(BORDEAUX)).count(None) == 1
    assert together(*[lambda session: residency.ask_verification(session, account_id=account_id, now=now)] * 4) == [
        None,
        *["verification_pending"] * 3,
    ]
    assert count(committed, ResidenceRequest) == 1

    refusals = together(*[move(code) for code in ("86041", "86070", "16015", "17300", "87085")])
    assert refusals.count(None) == 2
    assert count(committed, ResidenceLink) == 3
