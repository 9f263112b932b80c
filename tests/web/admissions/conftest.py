"""Browsers of owners, of those who subscribed, of staff."""

from collections.abc import Callable

import pytest

from tests.factories import Account
from tests.web.pages import Reader


@pytest.fixture
def reader(client, csrf) -> Reader:
    """A browser of nobody in particular."""
    return Reader(client, csrf)


@pytest.fixture
def reader_of(another_client, sign_in, csrf) -> Callable[[Account], Reader]:
    """A browser on which somebody is signed in."""
    return lambda account: Reader(sign_in(another_client(), account), csrf)
