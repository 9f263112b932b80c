"""Writes about organisations: who they are, who is in them, who may act for them. Where they are: `residency`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.errors import OrganisationRefused
from marketplace.accounts.identifiers import parse_rna, parse_siren
from marketplace.accounts.models import Organisation, OrganisationMandate, OrganisationMember
from marketplace.accounts.queries import account_id_of
from marketplace.accounts.rules import CAPACITIES, LEGAL_FORMS, MANDATE_REASONS, ROLES, clean_name, kind_of
from marketplace.core import audit
from marketplace.core.errors import NotFound
from marketplace.core.queue import enqueue
from marketplace.core.years import year_after

# More than anybody acts for; a robot stops here.
MOST_ORGANISATIONS = 20


def create(
    session: Session, *, account_id: UUID, name: str, legal_form: str, siren: str = "", rna: str = "", now: datetime
) -> UUID:
    """Note an organisation, its first manager being whoever notes it; return it.

    siren: a SIREN or a SIRET, as typed; rna: of an association, as typed. An association has one of them, every other
    organisation a SIREN. The same number may be noted twice until an administrator has verified one of the two.
    Raises OrganisationRefused: organisation_name_invalid, legal_form_missing, siren_missing, siren_wrong, rna_wrong,
    rna_not_association, organisation_number_missing, organisation_taken, too_many_organisations.
    """
    organisation = _described(name, legal_form, siren, rna)
    member = select(func.count()).where(
        OrganisationMember.account_id == account_id, OrganisationMember.left_at.is_(None)
    )
    if (session.scalar(member) or 0) >= MOST_ORGANISATIONS:
        raise OrganisationRefused("too_many_organisations", most=MOST_ORGANISATIONS)
    if _verified_twin(session, organisation):
        raise OrganisationRefused("organisation_taken", field="rna" if organisation.siren is None else "siren")
    organisation.created_by, organisation.created_at = account_id, now
    session.add(organisation)
    session.flush()
    _join(session, organisation.id, account_id, "manager", now, joined=True)
    return organisation.id


def verify(session: Session, *, organisation_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Note that an administrator found the organisation in the public directory. Happens again without effect.

    Raises OrganisationRefused: organisation_taken (another one was verified under this number).
    """
    if lock(session, organisation_id).verified_at is not None:
        return
    verified = update(Organisation).where(Organisation.id == organisation_id)
    try:
        with session.begin_nested():
            session.execute(verified.values(verified_at=now, verified_by=administrator_id))
    except IntegrityError:
        raise OrganisationRefused("organisation_taken") from None


def invite(session: Session, *, organisation_id: UUID, manager_id: UUID, email: str, role: str, now: datetime) -> None:
    """Invite a person; nothing happens for an address without an account, and the answer does not tell.

    Raises NotFound: not a manager. Raises OrganisationRefused: role_unknown.
    """
    require_manager(session, organisation_id, manager_id)
    if role not in ROLES:
        raise OrganisationRefused("role_unknown", field="role")
    account_id = account_id_of(session, email)
    if account_id is None or _membership(session, organisation_id, account_id) is not None:
        return
    _join(session, organisation_id, account_id, role, now, joined=False)
    _mail(session, "organisation_invitation", account_id)


def accept_invitation(session: Session, *, organisation_id: UUID, account_id: UUID, now: datetime) -> None:
    """Become a member. Raises NotFound: not invited."""
    lock(session, organisation_id)
    membership = _membership(session, organisation_id, account_id)
    if membership is None:
        raise NotFound(organisation_id)
    membership.joined_at = membership.joined_at or now
    session.flush()


def leave(session: Session, *, organisation_id: UUID, account_id: UUID, now: datetime) -> None:
    """Leave an organisation, or refuse its invitation; a mandate ends with it.

    Raises NotFound: not a member. Raises OrganisationRefused: last_manager.
    """
    lock(session, organisation_id)
    membership = _membership(session, organisation_id, account_id)
    if membership is None:
        raise NotFound(organisation_id)
    managers = select(OrganisationMember.account_id).where(
        OrganisationMember.organisation_id == organisation_id,
        OrganisationMember.role == "manager",
        OrganisationMember.joined_at.is_not(None),
        OrganisationMember.left_at.is_(None),
    )
    if session.scalars(managers).all() == [account_id]:
        raise OrganisationRefused("last_manager")
    membership.left_at = now
    open_ones = (OrganisationMandate.organisation_id == organisation_id, OrganisationMandate.account_id == account_id)
    session.execute(
        update(OrganisationMandate)
        .where(*open_ones, OrganisationMandate.ended_at.is_(None))
        .values(ended_at=now, end_reason="left")
    )
    session.flush()


def declare_mandate(
    session: Session, *, organisation_id: UUID, account_id: UUID, capacity: str, function: str, now: datetime
) -> UUID:
    """Say on one's honour that one may commit the organisation; an administrator reads the proof.

    capacity: one of `rules.CAPACITIES`. function: in one's own words. Raises NotFound: not a member.
    Raises OrganisationRefused: capacity_missing, function_invalid, mandate_pending.
    """
    lock(session, organisation_id)
    require_member(session, organisation_id, account_id)
    if capacity not in CAPACITIES:
        raise OrganisationRefused("capacity_missing", field="capacity")
    mine = (OrganisationMandate.organisation_id == organisation_id, OrganisationMandate.account_id == account_id)
    waits = select(OrganisationMandate.id).where(
        *mine, OrganisationMandate.outcome.is_(None), OrganisationMandate.ended_at.is_(None)
    )
    if session.scalar(waits) is not None:
        raise OrganisationRefused("mandate_pending", field="capacity")
    try:
        said = clean_name(function)
    except ValueError:
        raise OrganisationRefused("function_invalid", field="function") from None
    mandate = OrganisationMandate(
        organisation_id=organisation_id, account_id=account_id, capacity=capacity, function=said, declared_at=now
    )
    session.add(mandate)
    session.flush()
    return mandate.id


def accept_mandate(session: Session, *, mandate_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Let a person act for an organisation for twelve months.

    Raises NotFound. Raises OrganisationRefused: mandate_decided, own_organisation.
    """
    mandate = _pending_mandate(session, mandate_id, administrator_id)
    held = (
        OrganisationMandate.organisation_id == mandate.organisation_id,
        OrganisationMandate.account_id == mandate.account_id,
        OrganisationMandate.outcome == "accepted",
        OrganisationMandate.ended_at.is_(None),
    )
    session.execute(update(OrganisationMandate).where(*held).values(ended_at=now, end_reason="replaced"))
    mandate.outcome, mandate.decided_at, mandate.decided_by = "accepted", now, administrator_id
    mandate.expires_at = year_after(now)
    session.flush()
    _record(session, "organisation.accept_mandate", mandate, administrator_id, now)
    _mail(session, "mandate_accepted", mandate.account_id)


def refuse_mandate(session: Session, *, mandate_id: UUID, administrator_id: UUID, reason: str, now: datetime) -> None:
    """Turn a mandate down. reason: one of `rules.MANDATE_REASONS`.

    Raises NotFound. Raises OrganisationRefused: mandate_reason_unknown, mandate_decided, own_organisation.
    """
    if reason not in MANDATE_REASONS:
        raise OrganisationRefused("mandate_reason_unknown", field="reason")
    mandate = _pending_mandate(session, mandate_id, administrator_id)
    mandate.outcome, mandate.decided_at, mandate.decided_by = "refused", now, administrator_id
    mandate.reason = reason
    session.flush()
    _record(session, "organisation.refuse_mandate", mandate, administrator_id, now, reason=reason)
    _mail(session, "mandate_refused", mandate.account_id, reason=reason)


def revoke_mandate(session: Session, *, mandate_id: UUID, administrator_id: UUID, reason: str, now: datetime) -> None:
    """End an accepted mandate at once; pledges already made for the organisation stay as they are.

    Raises NotFound. Raises OrganisationRefused: mandate_reason_unknown, mandate_decided (not in force),
    own_organisation.
    """
    if reason not in MANDATE_REASONS:
        raise OrganisationRefused("mandate_reason_unknown", field="reason")
    mandate = _mandate(session, mandate_id, administrator_id)
    if mandate.outcome != "accepted" or mandate.ended_at is not None:
        raise OrganisationRefused("mandate_decided")
    mandate.ended_at, mandate.end_reason = now, "revoked"
    session.flush()
    _record(session, "organisation.revoke_mandate", mandate, administrator_id, now, reason=reason)
    _mail(session, "mandate_revoked", mandate.account_id, reason=reason)


def lock(session: Session, organisation_id: UUID) -> Organisation:
    """Let one change at a time happen to an organisation; return it. Raises NotFound."""
    found = session.get(Organisation, organisation_id, with_for_update={"key_share": True}, populate_existing=True)
    if found is None:
        raise NotFound(organisation_id)
    return found


def require_member(session: Session, organisation_id: UUID, account_id: UUID) -> None:
    """Let only members pass. One statement. Raises NotFound."""
    membership = _membership(session, organisation_id, account_id)
    if membership is None or membership.joined_at is None:
        raise NotFound(organisation_id)


def require_manager(session: Session, organisation_id: UUID, account_id: UUID) -> None:
    """Let only managers pass. One statement. Raises NotFound."""
    membership = _membership(session, organisation_id, account_id)
    if membership is None or membership.joined_at is None or membership.role != "manager":
        raise NotFound(organisation_id)


def require_outsider(session: Session, organisation_id: UUID, administrator_id: UUID) -> None:
    """Let no administrator decide on an organisation they belong to. Raises OrganisationRefused: own_organisation."""
    if _membership(session, organisation_id, administrator_id) is not None:
        raise OrganisationRefused("own_organisation")


def _described(name: str, legal_form: str, siren: str, rna: str) -> Organisation:
    if legal_form not in LEGAL_FORMS:
        raise OrganisationRefused("legal_form_missing", field="legal_form")
    kind = kind_of(legal_form)
    try:
        shown = clean_name(name)
    except ValueError:
        raise OrganisationRefused("organisation_name_invalid", field="name") from None
    if rna.strip() and kind != "association":
        raise OrganisationRefused("rna_not_association", field="rna")
    if not siren.strip() and not rna.strip():
        raise OrganisationRefused(
            "organisation_number_missing" if kind == "association" else "siren_missing", field="siren"
        )
    return Organisation(name=shown, legal_form=legal_form, kind=kind, **_numbers(siren, rna))


def _numbers(siren: str, rna: str) -> dict[str, str | None]:
    try:
        number = parse_siren(siren) if siren.strip() else None
    except ValueError:
        raise OrganisationRefused("siren_wrong", field="siren") from None
    try:
        registered = parse_rna(rna) if rna.strip() else None
    except ValueError:
        raise OrganisationRefused("rna_wrong", field="rna") from None
    return {"siren": number, "rna": registered}


def _verified_twin(session: Session, organisation: Organisation) -> bool:
    same = [
        column == number
        for column, number in ((Organisation.siren, organisation.siren), (Organisation.rna, organisation.rna))
        if number is not None
    ]
    return session.scalar(select(Organisation.id).where(or_(*same), Organisation.verified_at.is_not(None))) is not None


def _join(session: Session, organisation_id: UUID, account_id: UUID, role: str, now: datetime, *, joined: bool) -> None:
    session.add(
        OrganisationMember(
            organisation_id=organisation_id,
            account_id=account_id,
            role=role,
            invited_at=now,
            joined_at=now if joined else None,
        )
    )
    session.flush()


def _membership(session: Session, organisation_id: UUID, account_id: UUID) -> OrganisationMember | None:
    return session.scalar(
        select(OrganisationMember).where(
            OrganisationMember.organisation_id == organisation_id,
            OrganisationMember.account_id == account_id,
            OrganisationMember.left_at.is_(None),
        )
    )


def _mandate(session: Session, mandate_id: UUID, administrator_id: UUID) -> OrganisationMandate:
    """Return a mandate of somebody else's organisation, under the organisation's lock."""
    owner = session.scalar(select(OrganisationMandate.organisation_id).where(OrganisationMandate.id == mandate_id))
    if owner is None:
        raise NotFound(mandate_id)
    lock(session, owner)
    require_outsider(session, owner, administrator_id)
    return session.get_one(OrganisationMandate, mandate_id, populate_existing=True)


def _pending_mandate(session: Session, mandate_id: UUID, administrator_id: UUID) -> OrganisationMandate:
    mandate = _mandate(session, mandate_id, administrator_id)
    if mandate.outcome is not None or mandate.ended_at is not None:
        raise OrganisationRefused("mandate_decided")
    return mandate


def _record(
    session: Session, action: str, mandate: OrganisationMandate, administrator_id: UUID, now: datetime, **details: str
) -> None:
    audit.record(
        session,
        actor_id=administrator_id,
        action=action,
        subject_kind="organisation",
        subject_id=mandate.organisation_id,
        now=now,
        mandate_id=str(mandate.id),
        **details,
    )


def _mail(session: Session, kind: str, account_id: UUID, **params: str) -> None:
    enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params=params)
