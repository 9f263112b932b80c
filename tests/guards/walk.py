"""Every route × method × person against a reviewed table: the probes, without the opinion of what is right.

`access.toml` has one line for each endpoint. A status is looked up under the subject's own name, then its group
(``administrators``, ``signed_in``, ``anonymous``), then ``all``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from marketplace.accounts import sign_in as devices
from marketplace.accounts.models import AccountSession
from marketplace.core import mail
from marketplace.core.db import Database
from marketplace.projects import pictures, shelf
from marketplace.projects.details import Details, Document, Need, Photo
from marketplace.projects.models import DocumentFile
from marketplace.residency import organisation_queries
from marketplace.territories import services as territories
from marketplace.web.access import MARK
from marketplace.web.alerts import endings
from tests import answers, rows
from tests.factories import Account, Campaign, Make, moderation
from tests.factories.instruments import offered
from tests.factories.organisations import OTHER_SIREN, SECOND_SIRET
from tests.fakes import FakeGateway, signed

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
LETTER = '<!doctype html><html lang="fr"><head><title>Objet</title></head><body><p>Texte</p></body></html>'
CSRF = "one-token-for-all-of-the-walk"


@dataclass
class World:
    """Rows of every kind, and who is who. Every probe starts from the same state."""

    connection: Connection
    database: Database
    gateway: FakeGateway
    make: Make
    people: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    objects: dict[str, UUID | str] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)

    def written(self) -> int:
        """Return how many rows were written so far."""
        with self.database.sessions() as session:
            return rows.written(session)

    def snapshot(self) -> dict[str, Any]:
        """Return what every table holds."""
        with self.database.sessions() as session:
            return rows.snapshot(session)


def build(connection: Connection, now: Any) -> World:
    """Make two persons of each kind, and what they have."""
    sessions = sessionmaker(
        connection, class_=answers.WatchedSession, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    database, gateway = Database(connection.engine, sessions), FakeGateway()
    make = Make(database, gateway, now)
    world = World(connection, database, gateway, make)
    world.people = {
        "resident": make.account(level=1),
        "other_resident": make.account(),
        "owner": make.account(),
        "other_owner": make.account(),
        "administrator": make.account(administrator=True),
        "second_administrator": make.account(administrator=True),
    }
    for name, person in world.people.items():
        world.tokens[name] = make.do(lambda session, one=person: _token(session, one, now))
    _objects(world, now)
    world.before = world.snapshot()
    return world


def _token(session: Session, person: Account, now: Any) -> str:
    return devices.open_session(
        session,
        account_id=person.id,
        security_stamp=devices.stamp_of(session, person.id),
        device="Firefox, Linux",
        now=now,
    )


def _objects(world: World, now: Any) -> None:
    make, people = world.make, world.people
    live = make.campaign(owner=people["owner"])
    make.campaign(owner=people["other_owner"])
    lent = make.campaign(owner=people["owner"], **offered("loan"))
    free = make.campaign(owner=people["owner"], **offered("interest_free_loan"))
    lending = make.pledge(campaign=free, backer=people["resident"], amount=20)
    device = make.do(lambda session: _other_device(session, people["resident"], now))
    asked = make.request(people["resident"])
    make.letter(people["resident"])
    letter = make.do(
        lambda session: (
            mail.post(session, recipient="a@exemple.fr", subject="Objet", text="Texte", html=LETTER, now=now).id
        )
    )
    declared = make.organisation(manager=people["resident"], verified=False)
    acting = make.organisation(manager=people["resident"], siren=OTHER_SIREN)
    with world.database.sessions() as session:
        place = organisation_queries.links_of_organisations(session, (declared.id,))[declared.id][0].id
    picture, file, details = _details(make, now)
    documented = make.campaign(owner=people["owner"], details=details)
    world.objects = {
        "section": "equipe",
        "first_owner": people["owner"].id,
        "picture": picture,
        "lent": lent.id,
        "free": free.id,
        "lending": lending.id,
        "organisation": declared.id,
        "place": place,
        "mandate": declared.mandate_id,
        "mandate_in_force": acting.mandate_id,
        "branch": make.branch(acting, SECOND_SIRET),
        "acting": acting.id,
        "live": live.id,
        "draft": make.campaign(state="draft", owner=people["owner"], details=details).id,
        "documented": documented.id,
        "help": make.help_offer(documented, by=people["resident"]),
        "document": file,
        "submitted": make.campaign(state="submitted", owner=people["owner"]).id,
        # The first administrator's own: they may not judge it.
        "administrators_own": make.campaign(state="submitted", owner=people["administrator"]).id,
        "question": make.question(live),
        "reflecting": make.pledge(campaign=live, backer=people["resident"], amount=20).id,
        "reserved": make.pledge(state="card_pending", campaign=live, backer=people["resident"], amount=20).id,
        "device": device,
        "request": asked,
        "category": make.asked_category(people["resident"]),
        "page": "1",
        "conflict": make.conflict(people["resident"], people["other_resident"]),
        "conflicting": people["resident"].id,
        "residence": make.link_of(people["resident"]),
        "territory": _territory(world, now),
        "letter": letter,
        "token": "not-a-token-of-ours",
        "poitiers": "86194",
    }
    shares, subscribed = make.shares(owner=people["owner"])
    world.objects |= {"shares": shares.id, "subscribed": subscribed.id}
    world.objects |= _registers(world, live, now)


def _details(make: Make, now: Any) -> tuple[str, str, Details]:
    """Keep a photograph and a document; return their names, and what a campaign says that shows them."""
    picture = make.do(lambda session: pictures.keep(session, b"RIFF", now=now))
    photo = Photo("Le four", picture, picture, 800, 600)
    file = make.do(lambda session: shelf.put(session, DocumentFile, b"%PDF-1.7", now=now))
    document = Document("Devis du four", "quote", public=True, name=file, pages=1, size=8)
    return picture, file, Details(photos=(photo,), documents=(document,), needs=(Need("tool", "Une remorque"),))


def _territory(world: World, now: Any) -> UUID:
    return world.make.do(
        lambda session: territories.create(
            session,
            name="Pays de Redon",
            note="Charte de 2020.",
            members=[("commune", "35236")],
            administrator_id=world.people["administrator"].id,
            now=now,
        )
    )


def _registers(world: World, live: Campaign, now: Any) -> dict[str, UUID | str]:
    """Fill the registers of moderation; what the first administrator owns, asked or said, they may not judge."""
    make, people = world.make, world.people
    resident, judge = people["resident"].id, people["administrator"]
    theirs, refused = make.campaign(owner=judge), make.campaign(state="refused", owner=people["owner"])
    theirs_refused = make.campaign(state="refused", owner=judge)
    own = {"campaign_id": theirs.id, "now": now}
    checked = UUID(str(world.objects.get("administrators_own")))
    make.do(
        lambda session: moderation.check_everything(
            session, campaign_id=checked, administrator_id=people["second_administrator"].id, now=now
        )
    )
    make.do(
        lambda session: moderation.ask_correction(
            session, campaign_id=live.id, owner_id=people["owner"].id, now=now, summary="Un four partagé."
        )
    )
    for one in (refused, theirs_refused):
        make.do(
            lambda session, one=one: moderation.ask_again(session, campaign_id=one.id, owner_id=one.owner.id, now=now)
        )
    return {
        "stray": make.stray(theirs, now=now),
        "administrators_live": theirs.id,
        "refused": refused.id,
        "administrators_refused": theirs_refused.id,
        "correction": make.do(lambda session: moderation.ask_correction(session, owner_id=judge.id, **own)),
        "report": make.do(lambda session: moderation.report(session, **own, reporter_id=resident)),
        "complaint": make.do(lambda session: moderation.complain(session, account_id=resident, now=now)),
        "administrators_complaint": make.do(lambda session: moderation.complain(session, account_id=judge.id, now=now)),
    }


def _other_device(session: Session, person: Account, now: Any) -> UUID:
    theirs = select(AccountSession.id).where(AccountSession.account_id == person.id)
    before = set(session.scalars(theirs))
    _token(session, person, now)
    return next(one for one in session.scalars(theirs) if one not in before)


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
        before, changed = self.world.written(), set[str]()
        savepoint = self.world.connection.begin_nested()
        try:
            response = client.open(path, method=method, **self._content(endpoint, method, subject, token=token))
            # Comparing every row takes long; where no row was even written there is nothing to compare.
            if self.world.written() != before:
                changed = rows.changed(self.world.before, self.world.snapshot())
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
