"""An administrator's browser."""

import pytest

from tests.web.pages import Reader


@pytest.fixture
def desk(app, make, sign_in, csrf):
    """A browser on which an administrator is signed in."""
    return Reader(sign_in(app.test_client(), make.administrator()), csrf)
