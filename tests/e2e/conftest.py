"""Chromium in front of the real thing: PostgreSQL, the sandbox, the site, a worker in a process of its own."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from e2e.chromium import FLAGS, executable
from e2e.tour import SMALL, Tour
from e2e.watch import Watch
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy import Engine, text
from werkzeug.serving import WSGIRequestHandler, make_server

from config import Config, child_environment
from marketplace import demo, invariants, jobs
from marketplace.app import create_app
from marketplace.core.db import Database
from marketplace.payments.stripe_gateway import StripeGateway
from marketplace.prepare import WEBHOOK_PATH
from marketplace.sandbox import Sandbox
from tests import template as templates

HERE = Path(__file__).resolve().parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("e2e")


@dataclass(frozen=True)
class Live:
    """The site, running."""

    url: str
    sandbox: Sandbox
    database: Database
    app: object


class _Quiet(WSGIRequestHandler):
    disable_nagle_algorithm = True

    def log(self, *_: object) -> None:
        pass


@pytest.fixture(scope="package")
def own_database(server_url: str, administrative: Engine, template: str) -> Iterator[Engine]:
    with templates.copied(server_url, administrative, template, f"mitoyen_e2e_{os.getpid()}") as made:
        yield made


@pytest.fixture(scope="package")
def live(own_database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The site on a free port, with a small demonstration. At the end every invariant of the database holds."""
    var = tmp_path_factory.mktemp("e2e")
    database = Database(own_database)
    wired = jobs.wiring.wired[:]
    with Sandbox() as sandbox:
        server = make_server("127.0.0.1", 0, None, threaded=True, request_handler=_Quiet)
        url = f"http://127.0.0.1:{server.port}"
        config = Config(
            database_url=own_database.url.render_as_string(hide_password=False),
            secret_key="a-secret-of-the-browser-tests",
            site_url=url,
            port=server.port,
            var=var,
            stripe_secret_key=None,
            stripe_webhook_secret=None,
            stripe_api_base=sandbox.url,
        )
        gateway = StripeGateway.from_config(config)
        config = replace(config, stripe_webhook_secret=gateway.register_webhook(f"{url}{WEBHOOK_PATH}"))
        app = server.app = create_app(config, database=database)
        # The worker has wiring of its own; other tests find theirs as it was.
        jobs.wiring.wired[:] = wired
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        # The worker comes after the demonstration, which drops the mails of its invented past.
        demo.seed(database, gateway, chosen=SMALL)
        worker = _Worker(config)
        try:
            worker.await_ready(database)
            yield Live(url, sandbox, database, app)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            worker.stop()
    with database.reading() as session:
        assert invariants.violations(session) == []
    log = worker.log.read_text()
    assert "Traceback" not in log, log


class _Worker:
    """`flask worker`, as `make run` starts it."""

    def __init__(self, config: Config) -> None:
        self.log = config.var / "worker.log"
        environment = child_environment(
            DATABASE_URL=config.database_url,
            PORT=str(config.port),
            SECRET_KEY=config.secret_key,
            STRIPE_API_BASE=config.stripe_api_base or "",
            STRIPE_SECRET_KEY="",
            SITE_URL=config.site_url,
            VAR_DIR=str(config.var),
        )
        command = (sys.executable, "-X", "utf8", "-m", "flask", "--app", "marketplace.app", "worker")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def await_ready(self, database: Database) -> None:
        for _try in range(300):
            with database.reading() as session:
                if session.scalar(text("SELECT count(*) FROM procrastinate.procrastinate_workers")):
                    return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        pytest.fail(f"the worker does not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def watch(live: Live) -> Watch:
    return Watch((live.url, live.sandbox.url))


@pytest.fixture(autouse=True)
def nothing_to_complain_about(watch: Watch) -> Iterator[None]:
    """No error in a console, no failed load, no request to anybody but the site and the sandbox."""
    yield
    assert watch.complaints() == []


@pytest.fixture(scope="package")
def tour(chromium: Browser, live: Live, watch: Watch) -> Iterator[Tour]:
    """Everybody's browser, signed in, and one of each thing that a page shows."""
    made = Tour(chromium, live.url, prepare=watch.on, reduced_motion="reduce")
    yield made
    made.close()


@pytest.fixture
def open_browser(chromium: Browser, live: Live, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser that has never been here; options as Playwright's `new_context`."""
    opened = []

    def make(**options: object) -> BrowserContext:
        calm = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "reduced_motion": "reduce"}
        context = watch.on(chromium.new_context(**{**calm, **options}))
        context.set_default_timeout(20_000)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
