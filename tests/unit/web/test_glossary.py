"""Words are explained where they are used, and all of them in one place."""

import re
from pathlib import Path

import pytest
from flask_babel import force_locale

from marketplace.projects.rules import LEGAL_FORMS
from marketplace.web.glossary import TERMS

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
ASKED = re.compile(r"words\((.*)\) \}\}")


def asked():
    """Return the words that pages ask to be explained, by page."""
    found = {}
    for path in TEMPLATES.rglob("*.html"):
        for call in ASKED.findall(path.read_text("utf-8")):
            found.setdefault(path.name, set()).update(re.findall(r'"(\w+)"', call))
    return found


def test_pages_ask_for_words_that_are_there():
    pages = asked()

    assert len(pages) >= 4
    assert set.union(*pages.values()) <= TERMS.keys()


def test_every_word_is_explained_on_one_page():
    assert "glossary.values()" in (TEMPLATES / "legal" / "how_it_works.html").read_text("utf-8")


def test_a_cooperative_is_explained_under_its_own_code():
    assert {"scop", "scic"} <= set(LEGAL_FORMS) & TERMS.keys()


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_meanings_are_short(app, locale):
    with app.test_request_context(), force_locale(locale):
        for term in TERMS.values():
            for said in re.split(r"(?<=[.]) ", str(term.meaning)):
                assert len(said.split()) <= 20, said
                assert said.endswith(".")
