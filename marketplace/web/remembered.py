"""Facts that change once a year, or that nobody misses for a minute: asked of the database now and then."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from marketplace.matching import queries as matching
from marketplace.matching.queries import Reader, Wish
from marketplace.pledges import chronicle, portfolio
from marketplace.pledges.chronicle import Happening
from marketplace.pledges.portfolio import Gathered
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune, Place
from marketplace.web.context import Session, runtime

# How many times as long as a page: names of places, and what surrounds a list.
PLACES, AROUND = 30, 6


def communes(session: Session, codes: Collection[str]) -> dict[str, Commune]:
    """Return communes by code; a code of none is left out. At most one statement."""
    memory = runtime().memory
    known = {code: memory.peek(("commune", code)) for code in codes}
    missing = [code for code, commune in known.items() if commune is None]
    if missing:
        read = territories.communes(session, missing)
        for code, commune in read.items():
            memory.put(("commune", code), commune, times=PLACES)
        known |= read
    return {code: commune for code, commune in known.items() if commune is not None}


def home(session: Session, code: str) -> Commune | None:
    """Return today's commune of a code: where its residents live now. At most three statements."""

    def read() -> Commune | None:
        commune = territories.commune(session, code)
        if commune is not None and commune.current:
            return commune
        today = territories.resolve_code(session, code)
        return territories.commune(session, today) if today else commune

    return runtime().memory.get(("home", code), read, times=PLACES)


def departement(session: Session, code: str) -> Place | None:
    """Return a département. At most one statement."""
    return runtime().memory.get(
        ("departement", code), lambda: territories.place(session, "departement", code), times=PLACES
    )


def closed_to(session: Session, reader: Reader, *, wish: Wish, limit: int) -> list[UUID]:
    """Return live campaigns that a reader may not fund, the nearest first. At most one statement."""
    ties = tuple((tie.commune.code, tie.bit) for tie in reader.ties)
    return runtime().memory.get(
        ("closed to", ties, wish, limit),
        lambda: matching.closed_to(session, reader, wish=wish, limit=limit),
        times=AROUND,
    )


def gathered(session: Session, departement_code: str, *, since: datetime) -> Gathered | None:
    """Return what the people of a département promised since a moment. At most one statement."""
    return runtime().memory.get(
        ("gathered", departement_code),
        lambda: portfolio.gathered(session, departement_code, since=since),
        times=AROUND,
    )


def news(
    session: Session, campaign_ids: Collection[UUID], commune_code: str | None, *, since: datetime, now: datetime
) -> list[Happening]:
    """Return the last thing that happened to each of some campaigns, and to those of a commune; all of it is public.

    Newest first. At most two statements.
    """
    memory = runtime().memory
    known: dict[UUID, tuple[Happening, ...] | None] = {one: memory.peek(("news", one)) for one in campaign_ids}
    missing = [campaign_id for campaign_id, told in known.items() if told is None]
    if missing:
        read = chronicle.lately(session, missing, since=since, now=now)
        for campaign_id in missing:
            known[campaign_id] = told = (read[campaign_id],) if campaign_id in read else ()
            memory.put(("news", campaign_id), told, times=AROUND)
    found = {campaign_id: one for campaign_id, told in known.items() for one in told or ()}
    if commune_code is not None:
        around = memory.get(
            ("news of", commune_code),
            lambda: chronicle.of_commune(session, commune_code, since=since, now=now),
            times=AROUND,
        )
        found = {one.campaign_id: one for one in around} | found
    return sorted(found.values(), key=lambda one: (-one.at.timestamp(), one.campaign_id))
