"""Writes about where organisations are: seat, branches, members who live somewhere, the area of a public body."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import organisations
from marketplace.accounts.identifiers import parse_siret
from marketplace.accounts.models import Organisation
from marketplace.core import audit
from marketplace.core.errors import NotFound
from marketplace.core.queue import enqueue
from marketplace.core.years import year_after
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import OrganisationLink
from marketplace.residency.rules import DECLARED, PLACE_REASONS, PROVEN, may_move_again_at
from marketplace.residency.services import liveable
from marketplace.territories import queries as territories

MOST_MEMBERS = 100_000


def open_organisation(
    session: Session,
    *,
    account_id: UUID,
    name: str,
    legal_form: str,
    siren: str,
    rna: str,
    commune_code: str,
    now: datetime,
) -> UUID:
    """Note an organisation with its seat, and with its area when it is a public body; return it.

    siren: a SIREN, or the SIRET of the seat. Raises what `organisations.create` raises, and ResidenceRefused:
    commune_unknown, commune_uninhabited, area_unknown.
    """
    made = organisations.create(
        session, account_id=account_id, name=name, legal_form=legal_form, siren=siren, rna=rna, now=now
    )
    siret = siren if sum(character.isdigit() for character in siren) > 9 else ""
    organisation = organisations.lock(session, made)
    _seat(session, organisation, account_id=account_id, commune_code=commune_code, siret=siret, now=now)
    return made


def move_seat(
    session: Session, *, organisation_id: UUID, account_id: UUID, commune_code: str, siret: str = "", now: datetime
) -> None:
    """Say where the seat is, or still is: level 1 until it is seen. At most 2 moves in twelve months.

    siret: of the new seat, as typed, or nothing. Raises NotFound: not a manager. Raises ResidenceRefused:
    commune_unknown, commune_uninhabited, too_many_moves (fact again_at), siret_wrong, siret_of_another, area_unknown.
    """
    organisation = organisations.lock(session, organisation_id)
    organisations.require_manager(session, organisation_id, account_id)
    _seat(session, organisation, account_id=account_id, commune_code=commune_code, siret=siret, now=now)


def add_branch(
    session: Session, *, organisation_id: UUID, account_id: UUID, commune_code: str, siret: str, now: datetime
) -> None:
    """Note an establishment, or state it again. siret: as typed.

    Raises NotFound: not a manager. Raises ResidenceRefused: siret_missing, siret_wrong, siret_of_another,
    branch_is_seat, commune_unknown, commune_uninhabited.
    """
    organisation = organisations.lock(session, organisation_id)
    organisations.require_manager(session, organisation_id, account_id)
    if not siret.strip():
        raise ResidenceRefused("siret_missing", field="siret")
    number, code = _siret(organisation, siret), liveable(session, commune_code)
    if any(link.siret == number for link in _open(session, organisation_id, "seat")):
        raise ResidenceRefused("branch_is_seat", field="siret")
    for link in _open(session, organisation_id, "branch"):
        if link.siret == number:
            _end(session, link, "replaced", now)
    _add(session, organisation_id, "branch", code, account_id=account_id, now=now, siret=number)


def declare_members(
    session: Session, *, organisation_id: UUID, account_id: UUID, commune_code: str, members: int, now: datetime
) -> None:
    """Say how many members of an association live in a commune: natural persons. Level 1 until it is seen.

    Raises NotFound: not a manager. Raises ResidenceRefused: members_association_only, members_missing,
    members_too_many, commune_unknown, commune_uninhabited. Source: code de l'énergie, art. R. 291-2 2°.
    """
    organisation = organisations.lock(session, organisation_id)
    organisations.require_manager(session, organisation_id, account_id)
    if organisation.kind != "association":
        raise ResidenceRefused("members_association_only")
    if members < 1:
        raise ResidenceRefused("members_missing", field="members")
    if members > MOST_MEMBERS:
        raise ResidenceRefused("members_too_many", field="members", most=MOST_MEMBERS)
    code = liveable(session, commune_code)
    for link in _open(session, organisation_id, "members"):
        if link.place_code == code:
            _end(session, link, "replaced", now)
    _add(session, organisation_id, "members", code, account_id=account_id, now=now, members=members)


def close_link(session: Session, *, organisation_id: UUID, link_id: UUID, account_id: UUID, now: datetime) -> None:
    """End a branch, or a number of members: from now on it does not count. Raises NotFound: not a manager's, ended."""
    organisations.lock(session, organisation_id)
    organisations.require_manager(session, organisation_id, account_id)
    closable = [*_open(session, organisation_id, "branch"), *_open(session, organisation_id, "members")]
    found = next((link for link in closable if link.id == link_id), None)
    if found is None:
        raise NotFound(link_id)
    _end(session, found, "closed", now)


def accept_link(session: Session, *, link_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Grant level 3 for twelve months: an administrator found the place in the public directory, or saw the members.

    Accepting a seat or an area verifies the organisation too. Raises NotFound. Raises ResidenceRefused: link_decided.
    Raises OrganisationRefused: own_organisation, organisation_taken.
    """
    link = _pending(session, link_id, administrator_id)
    link.level, link.outcome, link.decided_at, link.decided_by = PROVEN, "accepted", now, administrator_id
    link.expires_at = year_after(now)
    if link.kind in {"seat", "area"}:
        organisations.verify(session, organisation_id=link.organisation_id, administrator_id=administrator_id, now=now)
    session.flush()
    _record(session, "organisation.accept_link", link, administrator_id, now)
    _mail(session, "organisation_place_accepted", link.declared_by)


def refuse_link(session: Session, *, link_id: UUID, administrator_id: UUID, reason: str, now: datetime) -> None:
    """Turn a place down; it ends. reason: one of `rules.PLACE_REASONS`.

    Raises NotFound. Raises ResidenceRefused: place_reason_unknown, link_decided. Raises OrganisationRefused:
    own_organisation.
    """
    if reason not in PLACE_REASONS:
        raise ResidenceRefused("place_reason_unknown", field="reason")
    link = _pending(session, link_id, administrator_id)
    link.outcome, link.decided_at, link.decided_by, link.reason = "refused", now, administrator_id, reason
    _end(session, link, "refused", now)
    _record(session, "organisation.refuse_link", link, administrator_id, now, reason=reason)
    _mail(session, "organisation_place_refused", link.declared_by, reason=reason)


def _seat(
    session: Session, organisation: Organisation, *, account_id: UUID, commune_code: str, siret: str, now: datetime
) -> None:
    code = liveable(session, commune_code)
    open_seats = _open(session, organisation.id, "seat")
    moved = any(link.place_code != code for link in open_seats)
    again_at = may_move_again_at(_moves(session, organisation.id), now) if moved else None
    if again_at is not None:
        raise ResidenceRefused("too_many_moves", field="commune", again_at=again_at)
    number = _siret(organisation, siret) if siret.strip() else None
    area = _area(session, organisation, code)
    for link in (*open_seats, *_open(session, organisation.id, "area")):
        _end(session, link, "moved" if moved else "replaced", now)
    _add(session, organisation.id, "seat", code, account_id=account_id, now=now, siret=number)
    if area is not None:
        _add(session, organisation.id, "area", area, account_id=account_id, now=now)


def _area(session: Session, organisation: Organisation, commune_code: str) -> str | None:
    """Return the unit a public body is responsible for, from the commune of its seat: "departement:86".

    Raises ResidenceRefused: area_unknown (an EPCI where the commune is in none).
    """
    if organisation.kind != "public_body":
        return None
    commune = territories.commune(session, commune_code)
    assert commune is not None  # it was just found
    codes = {
        "commune": commune.code,
        "epci": commune.epci_code if commune.epci_kind == "epci" else "",
        "departement": commune.departement_code,
        "region": commune.region_code,
    }
    if not codes[organisation.legal_form]:
        raise ResidenceRefused("area_unknown", field="commune")
    return f"{organisation.legal_form}:{codes[organisation.legal_form]}"


def _siret(organisation: Organisation, typed: str) -> str:
    try:
        number = parse_siret(typed)
    except ValueError:
        raise ResidenceRefused("siret_wrong", field="siret") from None
    if organisation.siren is None or not number.startswith(organisation.siren):
        raise ResidenceRefused("siret_of_another", field="siret")
    return number


def _open(session: Session, organisation_id: UUID, kind: str) -> list[OrganisationLink]:
    wanted = select(OrganisationLink).where(
        OrganisationLink.organisation_id == organisation_id,
        OrganisationLink.kind == kind,
        OrganisationLink.ended_at.is_(None),
    )
    return list(session.scalars(wanted.order_by(OrganisationLink.id)))


def _moves(session: Session, organisation_id: UUID) -> list[datetime]:
    moved = select(OrganisationLink.ended_at).where(
        OrganisationLink.organisation_id == organisation_id,
        OrganisationLink.kind == "seat",
        OrganisationLink.end_reason == "moved",
    )
    return [moment for moment in session.scalars(moved) if moment is not None]


def _add(
    session: Session,
    organisation_id: UUID,
    kind: str,
    code: str,
    *,
    account_id: UUID,
    now: datetime,
    siret: str | None = None,
    members: int = 1,
) -> None:
    release = territories.release(session)
    assert release is not None  # the place was found in it
    session.add(
        OrganisationLink(
            organisation_id=organisation_id,
            kind=kind,
            place_code=code,
            cog_release=release.name,
            siret=siret,
            members=members,
            level=DECLARED,
            declared_at=now,
            declared_by=account_id,
            expires_at=year_after(now),
        )
    )
    session.flush()


def _end(session: Session, link: OrganisationLink, reason: str, now: datetime) -> None:
    link.ended_at, link.end_reason = now, reason
    session.flush()


def _pending(session: Session, link_id: UUID, administrator_id: UUID) -> OrganisationLink:
    """Return an undecided link of somebody else's organisation, under the organisation's lock."""
    owner = session.scalar(select(OrganisationLink.organisation_id).where(OrganisationLink.id == link_id))
    if owner is None:
        raise NotFound(link_id)
    organisations.lock(session, owner)
    organisations.require_outsider(session, owner, administrator_id)
    link = session.get_one(OrganisationLink, link_id, populate_existing=True)
    if link.outcome is not None or link.ended_at is not None:
        raise ResidenceRefused("link_decided")
    return link


def _record(
    session: Session, action: str, link: OrganisationLink, administrator_id: UUID, now: datetime, **details: str
) -> None:
    audit.record(
        session,
        actor_id=administrator_id,
        action=action,
        subject_kind="organisation",
        subject_id=link.organisation_id,
        now=now,
        link_id=str(link.id),
        place=link.place_code,
        **details,
    )


def _mail(session: Session, kind: str, account_id: UUID, **params: str) -> None:
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params=params)
