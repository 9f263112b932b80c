"""Every route × method × person against a reviewed table: the probes, without the opinion of what is right.

`access.toml` has one line for each endpoint. A status is looked up under the subject's own name, then its group
(``administrators``, ``signed_in``, ``anonymous``), then ``all``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from marketplace.web.access import MARK
from marketplace.web.alerts import endings
from tests import answers
from tests.fakes import signed
from tests.guards.world import World

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAFE = ("GET", "HEAD")
GROUPS = {
    "anonymous": ("anonymous",),
    "resident": ("signed_in",),
    "other_resident": ("signed_in",),
    "owner": ("signed_in",),
    "other_owner": ("signed_in",),
    "administrator": ("administrators", "signed_in"),
    "second_administrator": ("administrators", "signed_in"),
    "signed_webhook": ("anonymous",),
    "unsigned_webhook": ("anonymous",),
}
SUBJECTS = tuple(GROUPS)
# A method that no view answers, or a form without its token, is refused before anybody asks who is there: one of each
# kind is enough.
BEFORE_ACCESS = {"anonymous", "owner", "administrator"}
# A device is noted as seen once a day; nothing else may change because somebody looked.
MAY_CHANGE_BY_LOOKING = {"account_session"}
CSRF = "one-token-for-all-of-the-walk"


@dataclass(frozen=True)
class Probe:
    """One request of one person, and what came of it."""

    endpoint: str
    method: str
    subject: str
    status: int

    def __str__(self) -> str:
        return f"{self.endpoint}: {self.method} as {self.subject} → {self.status}"


class Walk:
    """Sends every request to an application and says what differs from the table."""

    def __init__(self, app: Flask, world: World, table: Mapping[str, Mapping[str, Any]]) -> None:
        self.app, self.world, self.table = app, world, table
        self.probes = 0
        self._written = world.written()
        mailed = endings.path(str(app.secret_key), world.people["resident"].id)
        world.objects["unsubscribe"] = mailed.rpartition("/")[2]
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert serializer is not None
        self._cookies = {subject: serializer.dumps(self._session(subject)) for subject in SUBJECTS}
        self._csrf = URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps(CSRF)

    def _session(self, subject: str) -> dict[str, Any]:
        whole: dict[str, Any] = {"csrf_token": CSRF}
        if subject in self.world.tokens:
            whole |= {"_user_id": self.world.tokens[subject], "_fresh": True}
        return whole

    # --- the table and the application name the same endpoints ---

    def undeclared(self) -> list[str]:
        """Return endpoints that no line of the table speaks of, or that carry another mark than their line says."""
        found = []
        for endpoint in sorted({rule.endpoint for rule in self.app.url_map.iter_rules()}):
            mark = getattr(self.app.view_functions[endpoint], MARK, None)
            if endpoint not in self.table:
                found.append(f"{endpoint} is not in the table")
            elif self.table[endpoint]["mark"] != mark:
                found.append(f"{endpoint} is marked {mark}, the table says {self.table[endpoint]['mark']}")
        return found

    def left_over(self) -> list[str]:
        """Return lines of the table without an endpoint."""
        return sorted(set(self.table) - {rule.endpoint for rule in self.app.url_map.iter_rules()})

    # --- one endpoint ---

    def faults(self, endpoint: str) -> Iterator[str]:
        """Yield what an endpoint does differently from its line."""
        line = self.table[endpoint]
        for rule in self.app.url_map.iter_rules(endpoint):
            path = self._path(rule, line)
            for subject in SUBJECTS:
                for method in METHODS:
                    yield from self._method_faults(rule, path, method, subject, line)

    def _method_faults(
        self, rule: Rule, path: str, method: str, subject: str, line: Mapping[str, Any]
    ) -> Iterator[str]:
        if method not in (rule.methods or ()):
            if subject in BEFORE_ACCESS and not self._answered_by_another(path, method):
                probe, _ = self._send(rule.endpoint, path, method, subject, token=True)
                yield from _unless(probe, {405})
            return
        if method == "OPTIONS":
            probe, _ = self._send(rule.endpoint, path, method, subject, token=True)
            yield from _unless(probe, {200, 403, 404})
            return
        tokenless = line["mark"] in {"signed_webhook", "signed_address"}
        if method not in SAFE and not tokenless and subject in BEFORE_ACCESS:
            probe, changed = self._send(rule.endpoint, path, method, subject, token=False)
            yield from _unless(probe, {400})
            yield from (f"{probe}: without a token, {table} changed" for table in changed)
        probe, changed = self._send(rule.endpoint, path, method, subject, token=True)
        yield from _unless(probe, {expected(line, subject)})
        if method in SAFE:
            yield from (f"{probe}: a look changed {table}" for table in changed - MAY_CHANGE_BY_LOOKING)
        elif probe.status >= 400 and not line.get("counts"):
            yield from (f"{probe}: refused, and {table} changed" for table in changed - {"rate_limit"})

    def _path(self, rule: Rule, line: Mapping[str, Any]) -> str:
        values = {name: str(self.world.objects[line[name]]) for name in rule.arguments}
        return str(self.app.url_map.bind("localhost").build(rule.endpoint, {**values, **line.get("query", {})}))

    def _answered_by_another(self, path: str, method: str) -> bool:
        path = path.partition("?")[0]
        return method in self.app.url_map.bind("localhost").allowed_methods(path)

    def _send(self, endpoint: str, path: str, method: str, subject: str, *, token: bool) -> tuple[Probe, set[str]]:
        return self.send(endpoint, path, method, subject, token=token)[:2]

    def send(self, endpoint: str, path: str, method: str, subject: str, *, token: bool) -> tuple[Probe, set[str], str]:
        """Send one request from the same state as every other, then bring that state back.

        Return what came of it, the tables that changed, and where it leads.
        """
        self.probes += 1
        client = Client(self.app, TestResponse)
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self._cookies[subject])
        changed = set[str]()
        savepoint = self.world.connection.begin_nested()
        try:
            response = client.open(path, method=method, **self._content(endpoint, method, subject, token=token))
            # Comparing every row takes long; where no row was even written there is nothing to compare. What is undone
            # stays counted, so the next request begins with this count; had another hand written, we would compare.
            before, self._written = self._written, self.world.written()
            if self._written != before:
                changed = self.world.changed()
            assert not (found := answers.faults(response) if method == "GET" else []), found
        finally:
            savepoint.rollback()
        return Probe(endpoint, method, subject, response.status_code), changed, response.headers.get("Location", "")

    # --- what a person does there ---

    def pages(self) -> list[str]:
        """Return the address of every page that the table speaks of, each with a row of the world."""
        return [
            self._path(rule, self.table[rule.endpoint])
            for rule in self.app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
        ]

    def do(self, method: str, path: str, subject: str, **content: Any) -> TestResponse:
        """Return the answer to one request; what it wrote is undone."""
        client = Client(self.app, TestResponse)
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self._cookies[subject])
        savepoint = self.world.connection.begin_nested()
        try:
            return client.open(path, method=method, **content)
        finally:
            savepoint.rollback()

    def _content(self, endpoint: str, method: str, subject: str, *, token: bool) -> dict[str, Any]:
        if subject.endswith("_webhook"):
            # The walk may take longer than a signature lives.
            body, headers = signed(self.world.gateway.events[0], datetime.now(UTC))
            if subject == "unsigned_webhook":
                headers["Stripe-Signature"] = headers["Stripe-Signature"].replace("v1=", "v1=0")
            if token:
                headers["X-CSRFToken"] = self._csrf
            if method not in SAFE:
                return {"data": body, "headers": headers}
        line = self.table.get(endpoint, {})
        if method in SAFE:
            return {"headers": line.get("headers", {})}
        return {"data": dict(line.get("form", {})) | ({"csrf_token": self._csrf} if token else {})}


def expected(line: Mapping[str, Any], subject: str) -> int:
    """Return the status that a line says for a subject."""
    for name in (subject, *GROUPS[subject], "all"):
        if name in line:
            return int(line[name])
    raise KeyError(f"nothing is said of {subject}")


def _unless(probe: Probe, right: set[int]) -> Iterator[str]:
    if probe.status not in right:
        yield f"{probe}, not {', '.join(map(str, sorted(right)))}"
