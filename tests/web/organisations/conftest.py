"""Browsers of people in organisations."""

import pytest

from tests.web.pages import Reader


@pytest.fixture
def enter(another_client, csrf, sign_in):
    """Open a browser of an account."""

    def opened(account):
        client = another_client()
        sign_in(client, account)
        return Reader(client, csrf)

    return opened
