"""The hash that binds an act of staff to the one before it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from marketplace.core.audit import GENESIS, AuditEvent, digest

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)


def event(**changes):
    facts = {
        "at": AT,
        "actor_id": ONE,
        "action": "campaign.approve",
        "subject_kind": "campaign",
        "subject_id": TWO,
        "details": {"version": 1, "reasons": ["R01"]},
    }
    return AuditEvent(**{**facts, **changes})


def test_it_is_a_sha256_in_hexadecimal():
    found = digest(event(), GENESIS)

    assert len(found) == 64
    assert int(found, 16) >= 0


def test_it_is_the_same_for_the_same_act():
    assert digest(event(), GENESIS) == digest(event(), GENESIS)


def test_the_order_of_the_details_does_not_matter():
    turned = event(details={"reasons": ["R01"], "version": 1})

    assert digest(turned, GENESIS) == digest(event(), GENESIS)


@pytest.mark.parametrize(
    "changes",
    [
        {"at": AT + timedelta(microseconds=1)},
        {"actor_id": TWO},
        {"action": "campaign.refuse"},
        {"subject_kind": "account"},
        {"subject_id": ONE},
        {"details": {"version": 2, "reasons": ["R01"]}},
        {"details": {"version": 1, "reasons": ["R02"]}},
        {"details": {"version": 1, "reasons": ["R01"], "more": None}},
    ],
)
def test_every_fact_changes_it(changes):
    assert digest(event(**changes), GENESIS) != digest(event(), GENESIS)


def test_the_predecessor_changes_it():
    assert digest(event(), "1" * 64) != digest(event(), GENESIS)


def test_facts_cannot_be_shifted_from_one_field_into_the_next():
    one = event(action="a", subject_kind="bc")
    other = event(action="ab", subject_kind="c")

    assert digest(one, GENESIS) != digest(other, GENESIS)
