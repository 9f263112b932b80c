"""Browsers and the mailbox."""

from collections.abc import Callable

import pytest

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
