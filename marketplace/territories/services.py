"""Writing named territories. Each act is in the log of staff acts; nothing that is published changes by it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert as plain_insert
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.db import uuid7
from marketplace.core.errors import NotFound, Refused
from marketplace.territories import named, rules
from marketplace.territories.models import NAME_LENGTH, CustomTerritory, CustomTerritoryMember

NOTE_LENGTH = range(1, 2_001)


def create(
    session: Session,
    *,
    name: str,
    note: str,
    members: Collection[named.Member],
    administrator_id: UUID,
    now: datetime,
) -> UUID:
    """Name a territory; return its id. members: (kind, code), as `named.read_lines` gives them.

    Raises Refused: projet_name_invalid, projet_note_missing, projet_note_too_long, projet_empty, projet_name_taken.
    """
    name, note = " ".join(name.split()), note.strip()
    _check(name, note)
    if not named.communes_of(session, members):
        raise Refused("projet_empty", field="members")
    row = insert(CustomTerritory).values(
        id=uuid7(),
        name=name,
        sort_key=rules.normalise(name),
        note=note,
        created_by=administrator_id,
        created_at=now,
    )
    made: UUID | None = session.scalar(row.on_conflict_do_nothing().returning(CustomTerritory.id))
    if made is None:
        raise Refused("projet_name_taken", field="name")
    session.execute(
        plain_insert(CustomTerritoryMember),
        [{"custom_territory_id": made, "kind": kind, "code": code} for kind, code in sorted(set(members))],
    )
    _log(session, "custom_territory.create", made, administrator_id, now, members=len(set(members)))
    return made


def retire(session: Session, *, territory_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Keep new rules from using a named territory. Raises NotFound; Refused: projet_retired."""
    found = session.scalar(select(CustomTerritory).where(CustomTerritory.id == territory_id).with_for_update())
    if found is None:
        raise NotFound("custom_territory")
    if found.retired_at is not None:
        raise Refused("projet_retired")
    found.retired_at = now
    session.flush()
    _log(session, "custom_territory.retire", territory_id, administrator_id, now)


def _check(name: str, note: str) -> None:
    if len(name) not in NAME_LENGTH or not rules.normalise(name):
        raise Refused("projet_name_invalid", field="name")
    if not note:
        raise Refused("projet_note_missing", field="note")
    if len(note) not in NOTE_LENGTH:
        raise Refused("projet_note_too_long", field="note", most=NOTE_LENGTH.stop - 1)


def _log(
    session: Session, action: str, territory_id: UUID, administrator_id: UUID, now: datetime, **details: int
) -> None:
    audit.record(
        session,
        actor_id=administrator_id,
        action=action,
        subject_kind="custom_territory",
        subject_id=territory_id,
        now=now,
        **details,
    )
