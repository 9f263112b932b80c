"""Each constraint broken once: the database holds what the services promise."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import Account, AccountSession
from marketplace.core.db import uuid7
from marketplace.residency.models import ResidenceLink, ResidenceRequest

DAY = timedelta(days=1)


def broken(session, statement, constraint):
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        session.execute(statement)
    assert caught.value.orig.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"locale": "de"}, "ck_account_locale_known"),
        ({"email": "a"}, "ck_account_email_length"),
        ({"display_name": ""}, "ck_account_display_name_length"),
        ({"email_normalised": "camille@exemple.fr"}, "uq_account_email_normalised"),
    ],
)
def test_accounts(residents, session, now, changed, constraint):
    residents.person()
    row = {
        "id": uuid7(), "email": "a@b.fr", "email_normalised": "a@b.fr", "password_hash": "x", "security_stamp": uuid7(),
        "display_name": "x", "adult_declared_at": now, "created_at": now,
    }  # fmt: skip

    broken(session, insert(Account).values(row | changed), constraint)


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"token_sha256": b"short"}, "ck_account_session_token_is_a_digest"),
        ({"days": 0}, "ck_account_session_expires_after_creation"),
        ({"account_id": uuid7()}, "fk_account_session_account_id_account"),
    ],
)
def test_devices(residents, session, now, changed, constraint):
    row = {"id": uuid7(), "token_sha256": b"x" * 32, "account_id": residents.person(), "created_at": now} | changed
    row |= {"last_seen_at": now, "expires_at": now + DAY * row.pop("days", 1)}

    broken(session, insert(AccountSession).values(row), constraint)


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"kind": "seat"}, "ck_residence_link_kind_known"),
        ({"level": 4}, "ck_residence_link_level_known"),
        ({"level": 3}, "ck_residence_link_proven_when_high"),
        ({"verified_by": "self"}, "ck_residence_link_not_by_oneself"),
        ({"expires_in": 0 * DAY}, "ck_residence_link_expires_after_declaration"),
        ({"ended_in": -DAY, "end_reason": "moved"}, "ck_residence_link_ends_after_declaration"),
        ({"ended_in": DAY}, "ck_residence_link_end_has_reason"),
        ({"ended_in": DAY, "end_reason": "bored"}, "ck_residence_link_end_reason_known"),
        ({"account_id": uuid7()}, "fk_residence_link_account_id_account"),
    ],
)
def test_links(residents, session, now, changed, constraint):
    changed = dict(changed)
    account_id = changed.pop("account_id", None) or residents.person()
    row = {"id": uuid7(), "account_id": account_id, "commune_code": "86194", "cog_release": "2026", "level": 1}
    row |= {"declared_at": now, "expires_at": now + changed.pop("expires_in", DAY)}
    if "ended_in" in changed:
        row["ended_at"] = now + changed.pop("ended_in")
    if changed.get("verified_by") == "self":
        changed["verified_by"] = account_id

    broken(session, insert(ResidenceLink).values(row | changed), constraint)


def test_one_home_at_a_time(residents, session, now):
    row = {
        "id": uuid7(),
        "account_id": residents.resident(),
        "commune_code": "79191",
        "cog_release": "2026",
        "level": 1,
    }

    broken(
        session,
        insert(ResidenceLink).values(row | {"declared_at": now, "expires_at": now + DAY}),
        "uq_residence_link_one_home",
    )


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"outcome": "perhaps", "decided_in": DAY}, "ck_residence_request_outcome_known"),
        ({"outcome": "moot"}, "ck_residence_request_outcome_when_decided"),
        ({"outcome": "granted", "decided_in": DAY}, "ck_residence_request_somebody_decided"),
        ({"reason": "too_old"}, "ck_residence_request_refusal_has_reason"),
        ({"outcome": "moot", "decided_in": -DAY}, "ck_residence_request_decided_after_asked"),
        ({"link_id": uuid7()}, "fk_residence_request_link_id_residence_link"),
        ({}, "uq_residence_request_one_pending"),
    ],
)
def test_requests(residents, session, now, changed, constraint):
    residents.resident()
    link_id = session.scalars(select(ResidenceLink.id)).one()
    session.execute(insert(ResidenceRequest).values(id=uuid7(), link_id=link_id, asked_at=now))
    row = {"id": uuid7(), "link_id": link_id, "asked_at": now} | changed
    if "decided_in" in row:
        row["decided_at"] = now + row.pop("decided_in")

    broken(session, insert(ResidenceRequest).values(row), constraint)
