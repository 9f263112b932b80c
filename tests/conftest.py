"""Fixtures of every test: a real PostgreSQL, one template database, one rolled-back transaction for each test."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from config import Config
from marketplace import jobs
from marketplace.accounts import passwords
from marketplace.accounts import sign_in as devices
from marketplace.app import create_app
from marketplace.core.db import Database
from marketplace.core.embedded import Embedded
from marketplace.runtime import Runtime
from tests import answers
from tests import template as templates
from tests.arranged import Kept, database_on
from tests.factories import Account, Make
from tests.factories.people import hashed_password
from tests.fakes import WEBHOOK_SECRET, FakeGateway
from tests.limits import (
    pytest_runtest_call,
    pytest_runtest_logreport,
    pytest_runtest_makereport,
    pytest_terminal_summary,
)
from tests.parallel import pytest_xdist_make_scheduler, start_server, turn
from tests.savepoints import rolled_back
from tools import translations

__all__ = [
    "pytest_runtest_call",
    "pytest_runtest_logreport",
    "pytest_runtest_makereport",
    "pytest_terminal_summary",
    "pytest_xdist_make_scheduler",
]

ROOT = Path(__file__).resolve().parent.parent
RULED = passwords._HASHER
# A Monday in Paris, in no holiday, far from a change of clocks.
NOW_INSTANT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """Start what the workers share, where there are several."""
    start_server(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let browsers come last: Playwright leaves an event loop running in this thread, and asyncio allows one."""
    together = getattr(config, "workerinput", {"workercount": 1})["workercount"] > 1
    items.sort(key=lambda item: turn(item.nodeid, together=together))


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what was imported, and come seldom: it took a twelfth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure() -> None:
    """Give everything back to the collector: libraries complain of what is left when the interpreter ends."""
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def english_words() -> None:
    """Compile the catalogues as `make test` does, for those who run pytest by itself."""
    translations.compile_stale()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash in no time, except where a test asks for the work that is done for real: `slow_passwords`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        hashed_password()  # kept for the people of all tests: not by one that hashes for real
        yield


@pytest.fixture
def slow_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash as the site does."""
    monkeypatch.setattr(passwords, "_HASHER", RULED)
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """URL of a database of the test server; the role may create others."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    embedded = Embedded(ROOT / "var" / "test-postgres", throwaway=True)
    try:
        yield embedded.start()
    finally:
        embedded.stop()


@pytest.fixture(scope="session")
def administrative(server_url: str) -> Iterator[Engine]:
    """Engine that creates and drops databases."""
    with templates.administrative(server_url) as engine:
        yield engine


@pytest.fixture(scope="session")
def template(server_url: str, administrative: Engine) -> str:
    """Name of a database with every migration and the territories."""
    return templates.make(server_url, administrative)


@pytest.fixture(scope="session")
def engine(server_url: str, administrative: Engine, template: str) -> Iterator[Engine]:
    """A database of this run, for tests that are rolled back."""
    with templates.copied(server_url, administrative, template, f"mitoyen_run_{os.getpid()}") as made:
        yield made


@pytest.fixture(scope="module")
def arrangement(engine: Engine) -> Iterator[Kept]:
    """What the tests of a file arrange for one another."""
    made = Kept(engine)
    yield made
    made.drop()


@pytest.fixture
def database(request: pytest.FixtureRequest, engine: Engine, arrangement: Kept) -> Iterator[Database]:
    """Sessions on one connection; everything is rolled back at the end, commits included."""
    if "arrange" in request.fixturenames:
        with arrangement.untouched() as connection:
            yield database_on(engine, connection)
    else:
        arrangement.drop()
        with rolled_back(engine) as connection:
            yield database_on(engine, connection)


@pytest.fixture
def arrange(arrangement: Kept, make: Make) -> Callable[[Callable[[Make], Any]], Any]:
    """Build something once for the tests of a file that begin with it: see `tests.arranged`."""
    return lambda build: arrangement.arranged(build, make)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session for what a test arranges and looks at."""
    with database.sessions(info={"of_a_test": True}) as opened:
        yield opened


@pytest.fixture
def committed(server_url: str, administrative: Engine, template: str) -> Iterator[Database]:
    """A database of this one test, for races and real processes: what is committed stays."""
    name = f"mitoyen_own_{os.getpid()}_{os.urandom(4).hex()}"
    with templates.copied(server_url, administrative, template, name) as made:
        yield Database(made)


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen, unless they say otherwise."""
    return NOW_INSTANT


@pytest.fixture
def statements(engine: Engine) -> Callable[[], AbstractContextManager[list[str]]]:
    """Collect the statements sent to the database: `with statements() as seen: …`. Savepoints are the tests' own."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if "SAVEPOINT" not in statement:
                seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def gateway() -> FakeGateway:
    """A payment provider in memory."""
    return FakeGateway()


@pytest.fixture
def make(database: Database, gateway: FakeGateway, now: datetime) -> Make:
    """Makes accounts, campaigns and pledges in any state, through the application's services."""
    return Make(database, gateway, now)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates as some worker has compiled them: for each application anew, that takes seconds."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "templates"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, compiled: BytecodeCache) -> Flask:
    """The application of this run, built once. Ask for `app` instead."""
    config = Config(
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/nowhere",
        secret_key="a-secret-of-the-tests-and-of-nobody-else",
        site_url="http://localhost",
        port=8000,
        var=tmp_path_factory.mktemp("var"),
        stripe_secret_key=None,
        stripe_webhook_secret=WEBHOOK_SECRET,
        stripe_api_base="http://127.0.0.1:8001",
        proof_keys={1: b"a key of the tests, of 32 bytes."},
        proof_pepper=b"a pepper of the tests",
    )
    made = create_app(config)
    made.testing = True
    made.jinja_env.bytecode_cache = compiled
    return made


@pytest.fixture
def app(site: Flask, database: Database, gateway: FakeGateway, now: datetime) -> Iterator[Flask]:
    """The application on the rolled-back connection and the provider in memory; its clock starts at `now`."""
    whole = site.extensions["mitoyen"]
    here = Runtime(config=whole.config, database=database, gateway=gateway)
    site.extensions["mitoyen"] = here
    site.extensions["mitoyen_sandbox_clock"] = lambda by: None
    jobs.wiring.wired[:] = [replace(jobs.wiring.wired[0], runtime=here)]
    with time_machine.travel(now):
        yield site
    site.extensions["mitoyen"] = whole


@pytest.fixture(autouse=True)
def every_answer_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at every answer that a test gets from the site: HTML, headers, caching, sessions."""
    ask = FlaskClient.open

    def open_and_look(self: FlaskClient, *args: Any, **kwargs: Any) -> Any:
        response = ask(self, *args, **kwargs)
        if "mitoyen_queue" in self.application.extensions:  # the whole site; some tests build a part of it
            assert not (found := answers.faults(response)), "\n".join(found)
        return response

    monkeypatch.setattr(FlaskClient, "open", open_and_look)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts; `sign_in` gives it an account, `csrf` the token that forms want."""
    return app.test_client()


@pytest.fixture
def another_client(app: Flask) -> Callable[[], FlaskClient]:
    """Open one more browser: `another_client()`."""
    return app.test_client


@pytest.fixture
def sign_in(database: Database, now: datetime) -> Callable[[FlaskClient, Account], FlaskClient]:
    """Sign an account in on a browser, without its password: `sign_in(client, make.account())`."""

    def enter(client: FlaskClient, account: Account) -> FlaskClient:
        def open_one(session: Session) -> str:
            stamp = devices.stamp_of(session, account.id)
            return devices.open_session(
                session, account_id=account.id, security_stamp=stamp, device="Firefox, Linux", now=now
            )

        token = database.in_transaction(open_one)
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return client

    return enter


@pytest.fixture
def csrf(app: Flask) -> Callable[[FlaskClient], str]:
    """Return the token that a browser's forms hold: `client.post(url, data={"csrf_token": csrf(client), …})`."""

    def token(client: FlaskClient) -> str:
        with client.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", os.urandom(20).hex())
        return str(URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps(raw))

    return token
