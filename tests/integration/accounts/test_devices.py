"""Devices that are signed in: found by token, ended by use, age or will."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts import queries, sign_in
from marketplace.accounts.errors import AccountRefused
from marketplace.accounts.models import AccountSession
from marketplace.accounts.rules import ABSOLUTE, IDLE
from marketplace.core.db import uuid7
from marketplace.core.errors import NotFound
from marketplace.residency import queries as residency


@pytest.fixture
def enter(people, session, now):
    def opened(account_id, at=now, **options):
        stamp = sign_in.stamp_of(session, account_id)
        return sign_in.open_session(
            session, account_id=account_id, security_stamp=stamp, device="Firefox, Linux", now=at, **options
        )

    return opened


def test_a_token_finds_its_person_and_is_stored_nowhere(people, session, now, enter):
    account_id, other = people.register(), people.register("autre@exemple.fr")
    token, theirs = enter(account_id), enter(other)

    assert residency.behind(session, token, now=now).person.id == account_id
    assert residency.behind(session, theirs, now=now).person.id == other
    assert len(token) >= 43  # 256 bits
    stored = session.execute(select(AccountSession.__table__)).all()
    assert token not in str(stored)


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "x" * 10_000])
def test_no_other_token_finds_anybody(people, session, now, enter, token):
    enter(people.register())

    assert residency.behind(session, token, now=now) is None


def test_a_device_ends_by_disuse_and_by_age(people, session, now, enter):
    token = enter(people.register())
    found = residency.behind(session, token, now=now)

    assert residency.behind(session, token, now=now + IDLE - timedelta(seconds=1)) is not None
    assert residency.behind(session, token, now=now + IDLE) is None

    for days in range(20, 90, 20):
        sign_in.touch_session(session, session_id=found.session_id, now=now + timedelta(days=days))
    assert residency.behind(session, token, now=now + ABSOLUTE - timedelta(seconds=1)) is not None
    assert residency.behind(session, token, now=now + ABSOLUTE) is None


def test_each_sign_in_is_a_device_of_its_own(people, session, now, enter):
    account_id = people.register()
    first, second = enter(account_id), enter(account_id, now + timedelta(hours=1))

    assert first != second
    assert [device.created_at for device in queries.devices(session, account_id, now=now)] == [
        now + timedelta(hours=1),
        now,
    ]


def test_one_may_sign_out_ones_own_devices_only(people, session, now, enter):
    account_id, other = people.register(), people.register("autre@exemple.fr")
    token, theirs = enter(account_id), enter(other)
    stranger = residency.behind(session, theirs, now=now).session_id

    with pytest.raises(NotFound):
        sign_in.close_session(session, account_id=account_id, session_id=stranger)
    mine = residency.behind(session, token, now=now).session_id
    sign_in.close_session(session, account_id=account_id, session_id=mine)

    assert residency.behind(session, token, now=now) is None
    assert residency.behind(session, theirs, now=now) is not None


def test_a_password_changed_while_it_is_checked_opens_nothing(people, session, now):
    account_id = people.register()

    with pytest.raises(AccountRefused, match="password_wrong"):
        sign_in.open_session(session, account_id=account_id, security_stamp=uuid7(), device="", now=now)

    assert session.scalars(select(AccountSession)).all() == []


def test_an_older_hash_is_replaced_at_sign_in_and_links_live_on(people, session, now, enter):
    account_id = people.register()
    before = queries.credentials_of(session, account_id)

    enter(account_id, new_hash="stronger")

    after = queries.credentials_of(session, account_id)
    assert (after.password_hash, after.security_stamp) == ("stronger", before.security_stamp)


def test_ended_devices_are_dropped_and_living_ones_kept(people, session, now, enter):
    account_id = people.register()
    old, living = enter(account_id, now - IDLE), enter(account_id)

    sign_in.purge_sessions(session, now=now)

    assert [row.token_sha256 for row in session.scalars(select(AccountSession))] == [queries.digest(living)]
    assert residency.behind(session, old, now=now - timedelta(seconds=1)) is None
