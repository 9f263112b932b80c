"""Every form of every page, filled in by everybody with what nobody expects: a clear answer, and nothing lost."""

from collections import Counter
from collections.abc import Iterator
from unicodedata import category

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.guards import fuzz
from tests.guards.walk import Walk

# One of each kind: what they see is what the second of a kind sees.
PEOPLE = ("anonymous", "resident", "owner", "second_administrator")


@pytest.fixture(scope="module")
def found(walk: Walk) -> dict[str, tuple[str, fuzz.Form]]:
    """Every form once: who may send it, and the form, by its name."""
    return {str(form): (subject, form) for subject, form in _forms(walk)}


def _forms(walk: Walk) -> Iterator[tuple[str, fuzz.Form]]:
    seen = set()
    for path in walk.pages():
        for subject in PEOPLE:
            answer = walk.do("GET", path, subject)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            for form in fuzz.forms(answer.text, path):
                if str(form) not in seen:
                    seen.add(str(form))
                    yield subject, form


def test_there_are_many(found):
    assert len(found) > 90


@pytest.mark.untimed
@pytest.mark.parametrize("kind", fuzz.HOSTILE)
def test_no_form_breaks_and_none_loses_what_was_typed(kind, found, walk):
    value = fuzz.HOSTILE[kind]
    answered = {name: (form, _send(walk, subject, form, form.filled(value))) for name, (subject, form) in found.items()}

    statuses = Counter(answer.status_code for _, answer in answered.values())
    assert statuses[422] >= 20, f"hardly anything is refused: {statuses}"
    unwanted = {400, 403, 429}
    broken = [
        f"{name}: {answer.status_code}"
        for name, (_, answer) in answered.items()
        if answer.status_code >= 500 or answer.status_code in unwanted
    ]
    lost = [f"{name}: {field}" for name, (form, answer) in answered.items() for field in _lost(form, answer, value)]
    assert not broken + lost, "\n".join(broken + lost)


@pytest.mark.untimed
@pytest.mark.parametrize("value", fuzz.FORGED, ids=range(len(fuzz.FORGED)))
def test_no_form_breaks_over_what_a_program_invents(value, found, walk):
    statuses = {
        name: _send(walk, subject, form, form.forged(value)).status_code for name, (subject, form) in found.items()
    }

    assert {name: status for name, status in statuses.items() if status >= 500} == {}


def _lost(form: fuzz.Form, answer: TestResponse, value: str) -> list[str]:
    if answer.status_code != 422 or not value:
        return []  # what is left empty may come back with what is usual
    shown = fuzz.written_in(answer.text)
    return [name for name in sorted(form.typed) if not _kept(value, shown.get(name, []))]


def _send(walk: Walk, subject: str, form: fuzz.Form, content: list[tuple[str, str]]) -> TestResponse:
    if form.method == "GET":
        return walk.do("GET", form.action, subject, query_string=MultiDict(content))
    return walk.do("POST", form.action, subject, data=MultiDict(content))


def _kept(value: str, shown: list[str]) -> bool:
    """Say whether a page still shows what was typed. Signs that nobody sees may go: no page may hold a NUL."""
    return any(_seen(value) == _seen(one) for one in shown)


def _seen(text: str) -> str:
    return " ".join("".join(one for one in text if one != "\ufffd" and category(one)[0] != "C").split())
