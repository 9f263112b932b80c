"""Browsers and the mailbox."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from marketplace.accounts import passwords
from marketplace.core.db import Database
from tests.web.account.visits import Mailbox, Visitor


@pytest.fixture
def visit(another_client, csrf) -> Callable[[], Visitor]:
    """Open one more browser."""
    return lambda: Visitor(another_client(), csrf)


@pytest.fixture
def camille(visit) -> Visitor:
    """A browser."""
    return visit()


@pytest.fixture
def mailbox(app, database: Database) -> Mailbox:
    """The development mailbox."""
    return Mailbox(database)


@pytest.fixture
def member(camille, mailbox) -> Visitor:
    """A browser whose person signed up, confirmed and signed in."""
    camille.sign_up()
    camille.post(mailbox.link())
    camille.sign_in()
    return camille


@pytest.fixture
def quick_hashes(monkeypatch):
    """Hash passwords with the least work, for those who try hundreds; how much the site does, test_sign_in says."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)
    monkeypatch.setattr(passwords, "_nobodys_hash", lambda: quick.hash("the password of nobody"))
