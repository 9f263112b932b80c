"""Hashing: the parameters OWASP asks for, and nothing that cannot be hashed."""

import statistics
import time

import pytest

from marketplace.accounts import passwords
from marketplace.accounts.errors import AccountRefused

pytestmark = pytest.mark.usefixtures("slow_passwords")
GOOD = "brouette soleil tandem"


@pytest.fixture
def hashed(slow_passwords: None) -> str:
    return passwords.hash_password(GOOD)


def test_the_hash_is_argon2id_with_the_ruled_parameters(hashed):
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.needs_rehash(hashed)


def test_only_the_password_matches(hashed):
    assert passwords.verify(hashed, GOOD)
    assert not passwords.verify(hashed, GOOD + " ")
    assert not passwords.verify(hashed, "")


def test_nobodys_password_never_matches():
    assert not passwords.verify(None, GOOD)
    assert not passwords.verify(None, "the password of nobody")


def test_an_older_hash_asks_to_be_made_again():
    assert passwords.needs_rehash("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$a86dnA5x4f4")


@pytest.mark.parametrize("broken", ["", "x", "$argon2id$", "plain"])
def test_a_broken_hash_matches_nothing(broken):
    assert not passwords.verify(broken, GOOD)


@pytest.mark.parametrize("attempt", ["\ud800" * 20, "\0" * 20, "x" * 1_000_000])
def test_an_attempt_that_no_keyboard_types_is_only_wrong(hashed, attempt):
    assert not passwords.verify(hashed, attempt)


def test_unknown_accounts_cost_the_same_work(hashed):
    def seconds(reference):
        started = time.perf_counter()
        passwords.verify(reference, "another password")
        return time.perf_counter() - started

    seconds(None)
    known, unknown = ([seconds(reference) for _ in range(5)] for reference in (hashed, None))

    assert 0.4 < statistics.median(known) / statistics.median(unknown) < 2.5


def test_a_refusal_names_the_field():
    with pytest.raises(AccountRefused) as refused:
        passwords.check_new("court", email="a@b.fr")

    assert (refused.value.code, refused.value.field) == ("password_too_short", "password")
