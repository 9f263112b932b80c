"""Rows of every kind, two persons of each kind, and who of them has what."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, sessionmaker

from marketplace.accounts import sign_in as devices
from marketplace.accounts.models import AccountSession
from marketplace.core import mail
from marketplace.core.db import Database
from marketplace.projects import pictures, shelf
from marketplace.projects.details import Details, Document, Need, Photo
from marketplace.projects.models import DocumentFile
from marketplace.residency import organisation_queries
from marketplace.territories import services as territories
from tests import answers, rows
from tests.factories import Account, Campaign, Make, moderation
from tests.factories.instruments import offered
from tests.factories.organisations import OTHER_SIREN, SECOND_SIRET
from tests.fakes import FakeGateway

LETTER = '<!doctype html><html lang="fr"><head><title>Objet</title></head><body><p>Texte</p></body></html>'


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
    _before: dict[str, Any] = field(default_factory=dict)
    _touched: dict[str, int] = field(default_factory=dict)

    def written(self) -> int:
        """Return how many rows were written so far."""
        return rows.written(self.connection)

    def remember(self) -> None:
        """Keep what every table holds now."""
        self._before = {table: rows.rows(self.connection, table) for table in rows.TABLES}
        self._touched = rows.touched(self.connection)

    def changed(self) -> set[str]:
        """Return the tables that differ from what was kept. Read are those that were written to since this was asked.

        Of the territories' tables, those that were written to, whatever came of it.
        """
        last, self._touched = self._touched, rows.touched(self.connection)
        written = {name.removeprefix("public.") for name, number in self._touched.items() if number != last.get(name)}
        looked_at = written & {*rows.TABLES}
        differ = {table for table in looked_at if rows.rows(self.connection, table) != self._before[table]}
        return differ | written & {*rows.TERRITORIES}


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
    world.remember()
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
    world.objects |= _paid(make, people)
    world.objects |= _registers(world, live, now)


def _paid(make: Make, people: dict[str, Account]) -> dict[str, UUID | str]:
    """Have two campaigns succeed: shares, and a gift to the first administrator."""
    shares, subscribed = make.shares(owner=people["owner"])
    given = make.campaign(owner=people["administrator"])
    pledge = make.pledge(state="confirmed", campaign=given)
    make.end(given.id, "funded")
    return {"shares": shares.id, "subscribed": subscribed.id, "paid_campaign": given.id, "paid": pledge.id}


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
