"""Who may decide, who reads what now, what was checked, who agreed first: all that comes before a decision."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from marketplace.accounts.models import OrganisationMember
from marketplace.core import audit
from marketplace.core.errors import Refused
from marketplace.core.queue import enqueue
from marketplace.moderation import rules, sheet
from marketplace.moderation.models import Claim, Competence, DeclaredLink, FirstVoice, Sheet
from marketplace.moderation.sheet import Answer
from marketplace.projects import owners, queries
from marketplace.projects.models import CampaignEvent
from marketplace.projects.queries import Dossier
from marketplace.territories import queries as territories


def to_judge(session: Session, campaign_id: UUID, administrator_id: UUID, now: datetime) -> Dossier:
    """Return a campaign that waits and that this administrator may decide on now.

    Raises NotFound; Refused: those of `check_stranger`, claimed_by_other, illegal_move.
    """
    found = queries.dossier(session, campaign_id)
    check_stranger(session, found, administrator_id)
    if found.state != "submitted":
        raise Refused("illegal_move", old=found.state)
    claim = session.get(Claim, campaign_id, populate_existing=True)
    if claim is not None and claim.administrator_id != administrator_id and now < claim.until:
        raise Refused("claimed_by_other", until=claim.until)
    return found


def check_stranger(session: Session, found: Dossier, administrator_id: UUID) -> None:
    """Raise Refused when an administrator may not decide on a campaign: own_campaign, affiliate, outside_competence."""
    rules.check_not_own(owners.people(session, found.project_id), administrator_id)
    if affiliated(session, administrator_id, found):
        raise Refused("affiliate")
    departements = competence(session, administrator_id)
    if departements and _departement(session, found.content.commune_code) not in departements:
        raise Refused("outside_competence")


def affiliated(session: Session, administrator_id: UUID, found: Dossier) -> bool:
    """Tell whether an administrator is tied to a project. Two statements.

    They are in the organisation that carries it, or in one together with somebody who owns it; or they said so.
    """
    people = owners.people(session, found.project_id)
    mine, theirs = aliased(OrganisationMember), aliased(OrganisationMember)
    in_it = (mine.account_id == administrator_id, mine.left_at.is_(None), mine.joined_at.is_not(None))
    carrying = exists().where(*in_it, mine.organisation_id == (found.organisation and found.organisation.id))
    together = (
        exists()
        .where(*in_it, mine.organisation_id == theirs.organisation_id, theirs.account_id.in_(people))
        .where(theirs.left_at.is_(None), theirs.joined_at.is_not(None))
    )
    declared = exists().where(
        DeclaredLink.administrator_id == administrator_id, DeclaredLink.account_id.in_(people | {found.owner_id})
    )
    return bool(session.scalar(select(or_(carrying, together, declared))))


def declare_link(session: Session, *, campaign_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Note that an administrator is tied to a campaign's owners. Happens again without effect. Raises NotFound."""
    found = queries.dossier(session, campaign_id)
    people = owners.people(session, found.project_id)
    rules.check_not_own(people, administrator_id)
    said = {"administrator_id": administrator_id, "declared_at": now}
    made = insert(DeclaredLink).values([{**said, "account_id": one} for one in sorted(people | {found.owner_id})])
    if not session.scalars(made.on_conflict_do_nothing().returning(DeclaredLink.account_id)).all():
        return
    session.execute(delete(Claim).where(Claim.campaign_id == campaign_id, Claim.administrator_id == administrator_id))
    log(session, "moderation.declare_link", found, administrator_id, now)


def competence(session: Session, administrator_id: UUID) -> frozenset[str]:
    """Return the départements an administrator reads for, none for all of them. One statement."""
    return frozenset(
        session.scalars(select(Competence.departement_code).where(Competence.administrator_id == administrator_id))
    )


def set_competence(session: Session, *, administrator_id: UUID, departements: Collection[str]) -> None:
    """Replace the départements an administrator reads for; none: all of them."""
    session.execute(delete(Competence).where(Competence.administrator_id == administrator_id))
    session.add_all(
        Competence(administrator_id=administrator_id, departement_code=code) for code in sorted(set(departements))
    )
    session.flush()


def claim(session: Session, *, campaign_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Take a campaign to read for an hour, or for an hour more. Raises as `to_judge`."""
    found = to_judge(session, campaign_id, administrator_id, now)
    values = {"administrator_id": administrator_id, "until": now + rules.CLAIM_LASTS}
    taken = session.scalar(
        insert(Claim)
        .values(campaign_id=campaign_id, **values)
        .on_conflict_do_update(
            index_elements=[Claim.campaign_id],
            set_=values,
            where=or_(Claim.administrator_id == administrator_id, Claim.until <= now),
        )
        .returning(Claim.campaign_id)
    )
    if taken is None:
        raise Refused("claimed_by_other", until=now + rules.CLAIM_LASTS)
    log(session, "moderation.claim", found, administrator_id, now)


def give_up(session: Session, *, campaign_id: UUID, administrator_id: UUID, now: datetime) -> None:
    """Give a campaign back to the list. Without effect when somebody else has it. Raises NotFound."""
    found = queries.dossier(session, campaign_id)
    mine = delete(Claim).where(Claim.campaign_id == campaign_id, Claim.administrator_id == administrator_id)
    if session.scalar(mine.returning(Claim.campaign_id)) is not None:
        log(session, "moderation.give_up", found, administrator_id, now)


def let_go(session: Session, campaign_id: UUID) -> None:
    """Drop what leads to a decision, once it is taken."""
    session.execute(delete(Claim).where(Claim.campaign_id == campaign_id))
    session.execute(delete(FirstVoice).where(FirstVoice.campaign_id == campaign_id))


def save_sheet(
    session: Session, *, campaign_id: UUID, administrator_id: UUID, answers: Mapping[str, Answer], now: datetime
) -> None:
    """Keep what was checked so far, whole or not.

    Raises as `to_judge`; Refused: check_needs_note, check_too_long, check_unknown (field: the item).
    """
    found = to_judge(session, campaign_id, administrator_id, now)
    sheet.check(answers)
    values = {
        "answers": {item: given.as_json() for item, given in answers.items()},
        "saved_by": administrator_id,
        "saved_at": now,
    }
    session.execute(
        insert(Sheet)
        .values(campaign_id=campaign_id, submission=submission(session, campaign_id), **values)
        .on_conflict_do_update(index_elements=[Sheet.campaign_id, Sheet.submission], set_=values)
    )
    log(
        session,
        "moderation.check",
        found,
        administrator_id,
        now,
        answered=len(answers),
        failed=list(sheet.failed(answers)),
    )


def sheet_of(session: Session, campaign_id: UUID) -> tuple[Sheet | None, dict[str, Answer]]:
    """Return what was checked of the last submission."""
    row = session.get(Sheet, (campaign_id, submission(session, campaign_id)), populate_existing=True)
    return row, sheet.from_json(row.answers) if row else {}


def check_sheet(session: Session, found: Dossier) -> None:
    """Raise Refused unless everything was checked and found right: checks_missing, checks_failed."""
    _row, answers = sheet_of(session, found.campaign_id)
    missing, failed = sheet.missing(answers), sheet.failed(answers)
    if missing:
        raise Refused("checks_missing", count=len(missing))
    if failed:
        raise Refused("checks_failed", count=len(failed))


def submission(session: Session, campaign_id: UUID) -> int:
    """Return the number, in the history, of the last submission. One statement."""
    return (
        session.scalar(
            select(func.max(CampaignEvent.seq)).where(
                CampaignEvent.campaign_id == campaign_id, CampaignEvent.new_state == "submitted"
            )
        )
        or 0
    )


def second_voice(
    session: Session,
    found: Dossier,
    *,
    act: str,
    row_version: int,
    administrator_id: UUID,
    now: datetime,
    note: str = "",
) -> FirstVoice | None:
    """Return who agreed before to the same, when it was somebody else; else note that this administrator does.

    Raises Refused: voice_given_already.
    """
    values = {"row_version": row_version, "administrator_id": administrator_id, "note": note, "said_at": now}
    # The row is locked by its insertion: of two who agree at once, one is the first and the other the second.
    session.execute(
        insert(FirstVoice).values(campaign_id=found.campaign_id, act=act, **values).on_conflict_do_nothing()
    )
    first = session.scalars(
        select(FirstVoice)
        .where(FirstVoice.campaign_id == found.campaign_id, FirstVoice.act == act)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if first.row_version != row_version:  # said of what it was before
        session.delete(first)
        session.flush()
        session.add(FirstVoice(campaign_id=found.campaign_id, act=act, **values))
        session.flush()
    elif first.administrator_id != administrator_id:
        return first
    elif first.said_at != now:
        raise Refused("voice_given_already")
    session.execute(delete(Claim).where(Claim.campaign_id == found.campaign_id))
    log(session, f"campaign.first_voice_{act}", found, administrator_id, now)
    return None


def log(session: Session, action: str, found: Dossier, administrator_id: UUID, now: datetime, **details: Any) -> None:
    """Write one act of staff about a campaign."""
    audit.record(
        session,
        actor_id=administrator_id,
        action=action,
        subject_kind="campaign",
        subject_id=found.campaign_id,
        now=now,
        row_version=found.row_version,
        **details,
    )


def tell(session: Session, kind: str, found: Dossier, *, path: str, **facts: Any) -> None:
    """Have the owners told by mail, in the transaction of the decision."""
    params = {"campaign_title": found.content.title, "campaign_path": path, **facts}
    for account_id in owners.to_tell(session, found.campaign_id):
        enqueue(session, "notifications.send_mail", kind=kind, account_id=str(account_id), params=params)


def _departement(session: Session, commune_code: str | None) -> str | None:
    commune = territories.commune(session, commune_code) if commune_code else None
    return None if commune is None else commune.departement_code
