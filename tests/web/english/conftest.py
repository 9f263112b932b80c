"""A browser in English, and the French words that are left on what it is shown."""

import pytest

from tests import french

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}
# What the factories write, as it stands in titles and descriptions, which hold no markup; and the names of people.
WRITTEN = (
    "Un four à bois pour le fournil",
    "Un four à gaz pour le fournil",
    "Un four partagé pour cuire le pain du quartier.",
    "Modération",
    "La scierie du Clain",
)
STATES = ("live", "closing", "collecting", "funded", "failed")


def with_choice(client):
    """Choose English on this device: the accounts of the factories speak French."""
    with client.session_transaction() as cookie:
        cookie["locale"] = "en"


@pytest.fixture
def left():
    """Return the French words left on the pages that a browser in English is shown, by path."""

    def read(client, paths, status=200):
        found = {}
        for path in paths:
            answer = client.get(path, headers=ENGLISH)
            assert answer.status_code == status, (path, answer.status_code, answer.location)
            if answer.mimetype == "text/html":
                found[path] = french.left(answer.get_data(as_text=True), *WRITTEN)
        return {path: words for path, words in found.items() if words}

    return read


@pytest.fixture
def refused(csrf, left):
    """Return the French words left on the pages that answer a form with nothing in it, by path."""

    def send(client, forms):
        found = {}
        for path, typed in forms.items():
            answer = client.post(path, data={"csrf_token": csrf(client), **typed}, headers=ENGLISH)
            assert answer.status_code == 422, (path, answer.status_code, answer.location)
            found[path] = french.left(answer.get_data(as_text=True), *WRITTEN)
        return {path: words for path, words in found.items() if words}

    return send
