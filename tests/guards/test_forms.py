"""Every form of every page, filled in by everybody with what nobody expects: a clear answer, and nothing lost."""

from collections.abc import Iterator
from unicodedata import category

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.guards import fuzz
from tests.guards.walk import SUBJECTS, Walk


@pytest.fixture(scope="module")
def found(walk: Walk) -> dict[str, tuple[str, fuzz.Form]]:
    """Every form once: who may send it, and the form, by its name."""
    return {f"{subject} {form.method} {form.action}": (subject, form) for subject, form in _forms(walk)}


def _forms(walk: Walk) -> Iterator[tuple[str, fuzz.Form]]:
    seen = set()
    for path in walk.pages():
        for subject in SUBJECTS:
            answer = walk.do("GET", path, subject)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            for form in fuzz.forms(answer.text, path):
                if form.shape not in seen:
                    seen.add(form.shape)
                    yield subject, form


def test_there_are_many(found):
    assert len(found) > 100


@pytest.mark.parametrize("kind", fuzz.HOSTILE)
def test_no_form_breaks_and_none_loses_what_was_typed(kind, found, walk):
    faults = []
    for name, (subject, form) in found.items():
        faults += [f"{name}: {fault}" for fault in _faults(walk, subject, form, fuzz.HOSTILE[kind])]

    assert not faults, "\n".join(faults)


def _faults(walk: Walk, subject: str, form: fuzz.Form, value: str) -> Iterator[str]:
    answer = _send(walk, subject, form, form.filled(value))
    if answer.status_code >= 500:
        yield f"answers {answer.status_code}"
    if answer.status_code == 422:
        shown = fuzz.written_in(answer.text)
        yield from (f"{name} is lost" for name in sorted(form.typed) if not _kept(value, shown.get(name, [])))
    forged = _send(walk, subject, form, form.forged(value))
    if forged.status_code >= 500:
        yield f"forged, answers {forged.status_code}"


def _send(walk: Walk, subject: str, form: fuzz.Form, content: list[tuple[str, str]]) -> TestResponse:
    if form.method == "GET":
        return walk.do("GET", form.action, subject, query_string=MultiDict(content))
    return walk.do("POST", form.action, subject, data=MultiDict(content))


def _kept(value: str, shown: list[str]) -> bool:
    """Say whether a page still shows what was typed. Signs that nobody sees may go: no page may hold a NUL."""
    return any(_seen(value) == _seen(one) for one in shown)


def _seen(text: str) -> str:
    return " ".join("".join(one for one in text if one != "\ufffd" and category(one)[0] != "C").split())
