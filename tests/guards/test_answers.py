"""What is looked at behind every request of every test (tests/answers.py), seen to bark; errors and files included."""

import pytest
from flask import Flask, Response
from sqlalchemy.orm import sessionmaker

from marketplace.core.clock import DemoClock
from marketplace.core.db import Database
from marketplace.web import access
from tests import answers
from tests.answers import WatchedSession

GOOD = {
    **answers.ALWAYS,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
PAGE = '<!doctype html><html lang="fr"><head><title>x</title></head><body>{}</body></html>'
# A breakdown is a page, as it is outside of tests.
SHOWN = ("PROPAGATE_EXCEPTIONS", False)
BAD = {
    "no policy": ("<p>a</p>", {"Content-Security-Policy": ""}, "policy"),
    "a lax policy": (
        "<p>a</p>",
        {"Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'none'"},
        "lax policy",
    ),
    "sniffing": ("<p>a</p>", {"X-Content-Type-Options": ""}, "X-Content-Type-Options"),
    "framing": ("<p>a</p>", {"X-Frame-Options": "ALLOW"}, "X-Frame-Options"),
    "caching left open": ("<p>a</p>", {"Cache-Control": ""}, "caching"),
    "a shared cookie": ("<p>a</p>", {"Cache-Control": "public", "Set-Cookie": "a=1; HttpOnly; SameSite=Lax"}, "cookie"),
    "a cookie that scripts read": ("<p>a</p>", {"Set-Cookie": "a=1; SameSite=Lax"}, "HttpOnly"),
    "a tag that is not closed": ("<div><span>a</div>", {}, "HTML"),
    "a list in a paragraph": ("<p><ul><li>a</li></ul></p>", {}, "HTML"),
    "an attribute twice": ('<p class="a" class="b">a</p>', {}, "HTML"),
    "an id twice": ('<p id="a">a</p><p id="a">b</p>', {}, "ids twice"),
}


def answer(body, headers):
    app = Flask("bad")
    app.get("/")(lambda: Response(PAGE.format(body), headers={**GOOD, **headers}, mimetype="text/html"))
    return app.test_client().get("/")


def test_a_good_answer_passes():
    assert answers.faults(answer('<p id="a">a</p>', {})) == []


@pytest.mark.parametrize("what", BAD)
def test_a_bad_answer_does_not(what):
    body, headers, word = BAD[what]

    found = answers.faults(answer(body, headers))

    assert len(found) == 1
    assert word in found[0]


def test_writing_where_one_only_reads_is_noticed(database):
    def write():
        with database.reading() as session:
            session.add(DemoClock(id=1, offset_seconds=1))
            session.flush()

    with pytest.raises(AssertionError, match="while reading"):
        write()


def test_what_is_never_flushed_is_noticed(engine):
    sessions = sessionmaker(engine, class_=WatchedSession)

    with pytest.raises(AssertionError, match="thrown away"), sessions() as session:
        session.add(DemoClock(id=1, offset_seconds=1))


def test_a_refusal_may_throw_its_work_away(database):
    def refuse(session):
        session.add(DemoClock(id=1, offset_seconds=1))
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.in_transaction(refuse)


def test_what_is_committed_is_no_fault(database):
    database.in_transaction(lambda session: session.add(DemoClock(id=1, offset_seconds=1)))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/nulle-part", 404),
        ("POST", "/", 405),
        ("POST", "/connexion", 400),
        ("GET", "/static/css/nulle-part.css", 404),
        ("GET", "/collectes/pas-un-identifiant", 404),
        ("GET", "/moderation", 303),
        ("OPTIONS", "/", 200),
        ("HEAD", "/", 200),
    ],
)
def test_every_kind_of_answer_is_protected(client, method, path, status):
    assert client.open(path, method=method).status_code == status  # the client looks at the rest


def test_a_page_that_breaks_down_is_protected(app, client, monkeypatch):
    monkeypatch.setitem(app.config, *SHOWN)
    home, _ = app.url_map.bind("localhost").match("/")
    monkeypatch.setitem(app.view_functions, home, access.public(lambda: 1 / 0))

    answer = client.get("/")

    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text


def test_a_database_that_does_not_answer_is_a_page_too(app, client, monkeypatch):
    def unreachable():
        raise ConnectionError("postgresql://secret@nowhere")

    monkeypatch.setitem(app.config, *SHOWN)
    monkeypatch.setattr(Database, "reading", lambda self: unreachable())

    answer = client.get("/")

    assert answer.status_code in {500, 503}
    assert "secret" not in answer.text


def test_a_stylesheet_is_protected_and_kept(client):
    found = next(part for part in client.get("/").text.split('"') if part.endswith(".css"))

    answer = client.get(found, buffered=True)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
