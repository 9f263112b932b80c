"""Errors as pages, and how much a page asks of the database."""

import pytest
from flask import Blueprint, abort
from sqlalchemy import event

from config import Config
from marketplace.app import create_app
from marketplace.core.errors import NotFound, Refused, Unavailable
from marketplace.runtime import Runtime
from marketplace.web.access import public

PATHS = {"refused": 422, "missing": 404, "away": 503, "broken": 500, "forbidden": 403, "teapot": 418, "slow": 504}


@pytest.fixture(scope="module")
def broken_site(tmp_path_factory):
    """An application with views that fail in every way, and no database behind it at all."""
    config = Config(
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/nowhere",
        secret_key="a-secret-of-the-tests-and-of-nobody-else",
        site_url="http://localhost",
        port=8000,
        var=tmp_path_factory.mktemp("var"),
        stripe_secret_key=None,
        stripe_webhook_secret=None,
        stripe_api_base="http://127.0.0.1:8001",
    )
    site = create_app(config)
    area = Blueprint("failing", __name__)

    def fail(kind):
        failures = {
            "refused": Refused("too_many_drafts", most=5),
            "missing": NotFound("a secret id"),
            "away": Unavailable("a secret host"),
            "broken": RuntimeError("a secret trace"),
        }
        if kind in failures:
            raise failures[kind]
        abort(PATHS[kind])

    area.add_url_rule("/failing/<kind>", view_func=public(fail))
    site.register_blueprint(area)
    site.config["PROPAGATE_EXCEPTIONS"] = False
    return site


@pytest.fixture
def failing(broken_site, database):
    whole = broken_site.extensions["mitoyen"]
    broken_site.extensions["mitoyen"] = Runtime(whole.config, database, whole.gateway)
    yield broken_site.test_client()
    broken_site.extensions["mitoyen"] = whole


@pytest.mark.parametrize(("kind", "status"), PATHS.items())
def test_every_failure_is_a_page_without_the_errors_own_words(failing, kind, status):
    answer = failing.get(f"/failing/{kind}")

    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "secret" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_refusal_is_told_in_its_sentence_and_an_absence_gives_a_time(failing):
    assert "too_many_drafts" not in failing.get("/failing/refused").text
    assert int(failing.get("/failing/away").headers["Retry-After"]) > 0


def test_what_does_not_exist_or_opens_otherwise(failing):
    assert failing.get("/nulle-part").status_code == 404
    wrong = failing.get("/deconnexion")
    assert wrong.status_code == 405
    assert "POST" in wrong.headers["Allow"]


@pytest.mark.parametrize("kind", ["broken", "away"])
def test_a_breakdown_has_its_page_even_without_a_database(broken_site, kind):
    client = broken_site.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "a-token"

    answer = client.get(f"/failing/{kind}")

    assert answer.status_code == PATHS[kind]
    assert "<h1>" in answer.text


def test_a_page_that_needs_the_database_breaks_into_the_page_of_a_breakdown(broken_site):
    client = broken_site.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "a-token"

    assert client.get("/mon-compte").status_code in {500, 503}


@pytest.fixture
def statements(database):
    """Count the statements of a request, those that open and close transactions left out."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "expected",
    [
        ("/connexion", 0, 1),
        ("/inscription", 0, 1),
        ("/mon-compte", 0, 3),
        ("/mon-compte/residence", 0, 6),
        ("/boite", 1, 2),
    ],
)
def test_how_many_statements_a_page_asks(visit, make, sign_in, statements, expected):
    path, stranger, member = expected
    nobody, somebody = visit(), visit()
    sign_in(somebody.browser, make.account())

    statements.clear()
    nobody.get(path)
    asked = len(statements)
    statements.clear()
    somebody.get(path)

    assert asked == stranger
    assert len(statements) == member, statements
