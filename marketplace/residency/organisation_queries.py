"""Reads about where organisations are. Frozen rows only."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Organisation
from marketplace.core.errors import NotFound
from marketplace.residency.models import OrganisationLink
from marketplace.territories import queries as territories


@dataclass(frozen=True)
class OrganisationLinkRow:
    """What ties an organisation to a place, with the fields that `locality.model.Link` takes.

    commune_code: INSEE; of an area, its unit: "departement:86". count: members an association has there.
    """

    id: UUID
    organisation_id: UUID
    kind: str
    commune_code: str
    level: int
    expires_at: datetime
    count: int


@dataclass(frozen=True)
class Seat:
    """A place of an organisation for its own pages and for administrators. label: "Poitiers (Vienne)", "Vienne"."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    legal_form: str
    siren: str | None
    rna: str | None
    kind: str
    place_code: str
    label: str
    siret: str | None
    members: int
    level: int
    declared_at: datetime
    decided_at: datetime | None
    outcome: str | None
    reason: str | None
    expires_at: datetime
    ended_at: datetime | None
    end_reason: str | None

    def standing(self, at: datetime) -> str:
        """Return what it is worth in one word: ended, refused, expired, proven, declared."""
        if self.ended_at is not None:
            return "refused" if self.outcome == "refused" else "ended"
        if at >= self.expires_at:
            return "expired"
        return "proven" if self.outcome == "accepted" else "declared"


_LINK = (
    OrganisationLink.id,
    OrganisationLink.organisation_id,
    OrganisationLink.kind,
    OrganisationLink.place_code,
    OrganisationLink.level,
    OrganisationLink.expires_at,
    OrganisationLink.members,
)


def links_of_organisations(
    session: Session, organisation_ids: Collection[UUID]
) -> dict[UUID, tuple[OrganisationLinkRow, ...]]:
    """Return the links of several organisations that have not ended; some may have expired. One statement.

    Organisations without one are left out.
    """
    rows = session.execute(
        select(*_LINK)
        .where(OrganisationLink.organisation_id.in_(organisation_ids), OrganisationLink.ended_at.is_(None))
        .order_by(OrganisationLink.organisation_id, OrganisationLink.declared_at, OrganisationLink.id)
    )
    found = defaultdict[UUID, list[OrganisationLinkRow]](list)
    for row in rows:
        found[row.organisation_id].append(OrganisationLinkRow(*row))
    return {organisation_id: tuple(links) for organisation_id, links in found.items()}


def places_of(session: Session, organisation_id: UUID) -> list[Seat]:
    """Return every place of an organisation, past ones too, the newest first. Two to four statements."""
    of_one = OrganisationLink.organisation_id == organisation_id
    newest = (OrganisationLink.ended_at.is_not(None), OrganisationLink.declared_at.desc(), OrganisationLink.id.desc())
    return _seats(session, session.execute(_places().where(of_one).order_by(*newest)).all())


def place(session: Session, link_id: UUID) -> Seat:
    """Return one place of an organisation. Two to four statements. Raises NotFound."""
    found = _seats(session, session.execute(_places().where(OrganisationLink.id == link_id)).all())
    if not found:
        raise NotFound(link_id)
    return found[0]


def pending_places(session: Session, *, limit: int = 50) -> list[Seat]:
    """Return the places nobody decided on yet, oldest first. Two to four statements."""
    waiting = (OrganisationLink.outcome.is_(None), OrganisationLink.ended_at.is_(None))
    oldest = (OrganisationLink.declared_at, OrganisationLink.id)
    return _seats(session, session.execute(_places().where(*waiting).order_by(*oldest).limit(limit)).all())


def _places() -> Any:
    return select(
        OrganisationLink, Organisation.name, Organisation.legal_form, Organisation.siren, Organisation.rna
    ).join(Organisation, Organisation.id == OrganisationLink.organisation_id)


def _seats(session: Session, rows: Sequence[Row[Any]]) -> list[Seat]:
    labels = _labels(session, {row.OrganisationLink.place_code for row in rows})
    return [_seat(row, labels) for row in rows]


def _labels(session: Session, places: Collection[str]) -> dict[str, str]:
    """Return the names of communes ("86194") and of units ("departement:86")."""
    named = {code: one.label for code, one in territories.communes(session, places).items()}
    units = defaultdict[str, list[str]](list)
    for place in places:
        kind, found, code = place.partition(":")
        if found:
            units[kind].append(code)
    for kind, codes in units.items():
        named |= {f"{kind}:{code}": name for code, name in territories.names(session, kind, codes).items()}
    return named


def _seat(row: Row[Any], labels: dict[str, str]) -> Seat:
    link: OrganisationLink = row.OrganisationLink
    return Seat(
        id=link.id,
        organisation_id=link.organisation_id,
        organisation_name=row.name,
        legal_form=row.legal_form,
        siren=row.siren,
        rna=row.rna,
        kind=link.kind,
        place_code=link.place_code,
        label=labels.get(link.place_code, link.place_code),
        siret=link.siret,
        members=link.members,
        level=link.level,
        declared_at=link.declared_at,
        decided_at=link.decided_at,
        outcome=link.outcome,
        reason=link.reason,
        expires_at=link.expires_at,
        ended_at=link.ended_at,
        end_reason=link.end_reason,
    )
