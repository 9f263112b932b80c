"""Errands to the provider, as rows: written down first, leased while they are run, ended once.

An errand that was begun and never ended, because its program was killed, is due again when its lease is over. Whoever
runs it sends the same request under the same key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.db import uuid7
from marketplace.core.money import Money
from marketplace.payments import recipients
from marketplace.pledges.models import Admission, Pledge, SettlementJob
from marketplace.pledges.rules import KEY_LIFE, LEASE
from marketplace.projects.instruments import ADMITTING
from marketplace.projects.models import Campaign, Project
from marketplace.projects.owners import carrier

Ref = tuple[UUID, UUID]
# As the index says it, word for word: a parameter would not be recognised.
_OPEN = text("state = 'open'")
# What the keys of a kind are called at the provider. Those of charges are older than this table.
_KEYS: Mapping[str, str] = {"charge": "charge", "transfer": "transfer", "reversal": "reverse", "refund": "refund"}
# Of a key that was not made anew: "pledge:<id>:charge:1".
_COLONS = 3
_ADMITTED = exists().where(
    Admission.campaign_id == Pledge.campaign_id, Admission.pledge_id == Pledge.id, Admission.outcome == "admitted"
)
# How long to wait before what could not be sent is tried again: doubled each time, up to the longest.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)


@dataclass(frozen=True)
class Errand:
    """An errand that is ours for now.

    first_sent_at: when it was begun for the first time. provider_id: of what it brought about and is not finished yet.
    """

    campaign_id: UUID
    id: UUID
    pledge_id: UUID
    kind: str
    number: int
    key: str
    amount: Money
    cause: str | None
    first_sent_at: datetime
    tries: int
    provider_id: str | None

    def look_first(self, now: datetime) -> bool:
        """Tell whether to look for an earlier try before sending this one: its key is new, or may be forgotten."""
        return self.key.count(":") > _COLONS or (self.tries > 1 and now - self.first_sent_at > KEY_LIFE)


def write_down(
    session: Session, kind: str, pledge: Pledge, *, now: datetime, cents: int | None = None, cause: str | None = None
) -> bool:
    """Write an errand of a locked pledge down, unless one is open for it. Return whether there is a new one.

    cents: the pledge's amount when None. cause: a code that says what it is for.
    """
    same = (SettlementJob.campaign_id == pledge.campaign_id, SettlementJob.pledge_id == pledge.id)
    if kind == "charge":
        number = pledge.charge_attempt + 1
    else:
        earlier = select(func.count()).where(*same, SettlementJob.kind == kind)
        number = (session.scalar(earlier) or 0) + 1
    facts = _facts(kind, pledge, number, now) | {"cause": cause}
    if cents is not None:
        facts["amount_cents"] = cents
    row = insert(SettlementJob).values(facts)
    made = row.on_conflict_do_nothing(index_elements=["campaign_id", "pledge_id"], index_where=_OPEN)
    return session.scalar(made.returning(SettlementJob.id)) is not None


def write_down_charges(session: Session, pledges: Sequence[Pledge], *, now: datetime) -> None:
    """Write down the next attempt to charge each locked pledge, unless an errand is open for it. One statement."""
    if pledges:
        made = insert(SettlementJob).on_conflict_do_nothing(
            index_elements=["campaign_id", "pledge_id"], index_where=_OPEN
        )
        session.execute(made, [_facts("charge", pledge, pledge.charge_attempt + 1, now) for pledge in pledges])


def _facts(kind: str, pledge: Pledge, number: int, now: datetime) -> dict[str, Any]:
    """Return what a new errand is, for all of a pledge."""
    return {
        "campaign_id": pledge.campaign_id,
        "id": uuid7(),
        "pledge_id": pledge.id,
        "kind": kind,
        "number": number,
        "cause": None,
        "key": f"pledge:{pledge.id}:{_KEYS[kind]}:{number}",
        "amount_cents": pledge.amount_cents,
        "state": "open",
        "due_at": now,
        "tries": 0,
        "made_at": now,
    }


def claim(session: Session, *, now: datetime, limit: int, only: Ref | None = None) -> list[Errand]:
    """Take errands that are due, oldest first; they are nobody else's until their lease is over. One statement.

    only: those of one pledge. Their pledges are locked with them; what somebody else is at is left for another time:
    who holds a pledge may be about to end its errand, and would wait for us while we wait for them.
    """
    due = (
        select(SettlementJob.campaign_id, SettlementJob.id)
        .join(Pledge, and_(Pledge.campaign_id == SettlementJob.campaign_id, Pledge.id == SettlementJob.pledge_id))
        .where(SettlementJob.state == "open", SettlementJob.due_at <= now)
    )
    if only is not None:
        due = due.where(SettlementJob.campaign_id == only[0], SettlementJob.pledge_id == only[1])
    in_order = due.order_by(SettlementJob.due_at, SettlementJob.id).limit(limit)
    # Named first, pledges are locked first: nothing stays locked of a row that is skipped.
    found = in_order.with_for_update(skip_locked=True, key_share=True, of=(Pledge, SettlementJob)).cte()
    taken = session.execute(
        update(SettlementJob)
        .where(SettlementJob.campaign_id == found.c.campaign_id, SettlementJob.id == found.c.id)
        .values(
            due_at=now + LEASE,
            tries=SettlementJob.tries + 1,
            first_sent_at=func.coalesce(SettlementJob.first_sent_at, now),
        )
        .returning(*_COLUMNS)
        .execution_options(synchronize_session=False)
    ).all()
    return [_errand(row) for row in sorted(taken, key=lambda row: row.id)]


_COLUMNS = (
    SettlementJob.campaign_id,
    SettlementJob.id,
    SettlementJob.pledge_id,
    SettlementJob.kind,
    SettlementJob.number,
    SettlementJob.key,
    SettlementJob.amount_cents,
    SettlementJob.cause,
    SettlementJob.first_sent_at,
    SettlementJob.tries,
    SettlementJob.provider_id,
)


def _errand(row: Any) -> Errand:
    facts = row._asdict()  # SQLAlchemy's public name
    return Errand(amount=Money(facts.pop("amount_cents")), **facts)


def end(
    session: Session,
    errand: Errand,
    *,
    outcome: str,
    now: datetime,
    provider_id: str | None = None,
    came_to_nothing: bool = False,
) -> bool:
    """End an errand, in the transaction of its effect; False when it was ended already."""
    ended = (
        update(SettlementJob)
        .where(
            SettlementJob.campaign_id == errand.campaign_id,
            SettlementJob.id == errand.id,
            SettlementJob.state == "open",
        )
        .values(state="void" if came_to_nothing else "done", outcome=outcome, provider_id=provider_id, ended_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(session.execute(ended).rowcount)  # type: ignore[attr-defined]


def end_all(session: Session, results: Mapping[Errand, str | None], *, outcome: str, now: datetime) -> None:
    """End errands that came to the same, in the transaction of their effect. results: what each brought about."""
    job = SettlementJob.__table__.c
    ended = (
        update(SettlementJob.__table__)  # type: ignore[arg-type]  # a Table
        .where(job.campaign_id == bindparam("campaign"), job.id == bindparam("errand"), job.state == "open")
        .values(state="done", outcome=outcome, provider_id=bindparam("provider"), ended_at=now)
    )
    rows = [
        {"campaign": errand.campaign_id, "errand": errand.id, "provider": provider_id}
        for errand, provider_id in results.items()
    ]
    if rows:
        session.connection().execute(ended, rows)


def end_of(
    session: Session,
    *,
    campaign_id: UUID,
    pledge_id: UUID,
    kind: str,
    outcome: str,
    provider_id: str | None,
    now: datetime,
    number: int | None = None,
) -> None:
    """End the errand of a kind whose result became known in another way, if it is still open. number: None is any."""
    session.execute(
        update(SettlementJob)
        .where(
            SettlementJob.campaign_id == campaign_id,
            SettlementJob.pledge_id == pledge_id,
            SettlementJob.kind == kind,
            true() if number is None else SettlementJob.number == number,
            SettlementJob.state == "open",
        )
        .values(state="done", outcome=outcome, provider_id=provider_id, ended_at=now)
        .execution_options(synchronize_session=False)
    )


def postpone(
    session: Session, errand: Errand, *, now: datetime, key_is_spent: bool = False, provider_id: str | None = None
) -> None:
    """Try an errand again later: nobody answered. The longer nobody does, the later.

    provider_id: of what came into being and is not finished; what became of it is asked next time.

    key_is_spent: the provider broke down and keeps that answer under the key; the next try has another, and looks
    first whether this one had an effect all the same.
    """
    wait = min(_FIRST_WAIT * 2 ** min(errand.tries - 1, 10), _LONGEST_WAIT)
    key = ":".join(errand.key.split(":")[: _COLONS + 1])
    session.execute(
        update(SettlementJob)
        .where(
            SettlementJob.campaign_id == errand.campaign_id,
            SettlementJob.id == errand.id,
            SettlementJob.state == "open",
        )
        .values(
            due_at=now + wait, key=f"{key}:{errand.tries + 1}" if key_is_spent else errand.key, provider_id=provider_id
        )
        .execution_options(synchronize_session=False)
    )


def resume(session: Session, errand: Errand, *, now: datetime) -> None:
    """Go on with an errand at once: a first step of it is done, and nothing of the rest was sent yet."""
    session.execute(
        update(SettlementJob)
        .where(
            SettlementJob.campaign_id == errand.campaign_id,
            SettlementJob.id == errand.id,
            SettlementJob.state == "open",
        )
        .values(due_at=now, tries=0, first_sent_at=None)
        .execution_options(synchronize_session=False)
    )


def is_put_off(job: SettlementJob, now: datetime) -> bool:
    """Tell whether an open errand waits for a later try: longer than whoever may be running it has for it."""
    return job.state == "open" and job.tries > 0 and job.due_at > now + LEASE


def hasten(session: Session, campaign_id: UUID, pledge_id: UUID, *, now: datetime) -> str | None:
    """Have the errand of a locked pledge that was put off run at once; return its kind, None when there is none."""
    job = session.scalar(
        select(SettlementJob).where(
            SettlementJob.campaign_id == campaign_id,
            SettlementJob.pledge_id == pledge_id,
            SettlementJob.state == "open",
        )
    )
    if job is None or not is_put_off(job, now):
        return None
    job.due_at = now
    session.flush()
    return job.kind


def open_kind(session: Session, campaign_id: UUID, pledge_id: UUID) -> str | None:
    """Return the kind of the errand that is under way for a pledge, None when there is none. One statement."""
    return session.scalar(
        select(SettlementJob.kind).where(
            SettlementJob.campaign_id == campaign_id,
            SettlementJob.pledge_id == pledge_id,
            SettlementJob.state == "open",
        )
    )


def any_due(session: Session, now: datetime) -> bool:
    """Tell whether an errand is due. One statement."""
    due = select(SettlementJob.id).where(SettlementJob.state == "open", SettlementJob.due_at <= now)
    return session.scalar(due.limit(1)) is not None


def to_run(session: Session, *, now: datetime) -> list[Ref]:
    """Return the pledges for which there is something to run, written down or not."""
    due = select(SettlementJob.campaign_id, SettlementJob.pledge_id).where(
        SettlementJob.state == "open", SettlementJob.due_at <= now
    )
    written = [(row.campaign_id, row.pledge_id) for row in session.execute(due.order_by(SettlementJob.due_at))]
    return written + [ref for _, ref in wanting(session, now=now, limit=10_000)]


def wanting(session: Session, *, now: datetime, limit: int, only: Ref | None = None) -> list[tuple[str, Ref]]:
    """Return errands that should be written down, with their pledges, those of charges first. One statement.

    only: those of one pledge.

    A charge for each firm pledge of a campaign that collects, and the last one of each whose week is over; a transfer
    for each paid pledge of a funded campaign whose owner can be sent money, admitted where a board decides;
    a refund for each that is to have one.
    """
    campaign_id, pledge_id = only or (None, None)
    facts = {"moment": now, "most": limit, "only_campaign": campaign_id, "only_pledge": pledge_id}
    rows = session.execute(_wanted(of_one_pledge=only is not None), facts)
    return [(row.kind, (row.campaign_id, row.id)) for row in rows]


@lru_cache(maxsize=2)
def _wanted(*, of_one_pledge: bool) -> Select[str, UUID, UUID]:
    """Build the statement of `wanting`: it is asked all the time, and takes longer to build than to run."""
    here: list[ColumnElement[bool]] = [
        ~exists().where(
            SettlementJob.campaign_id == Pledge.campaign_id,
            SettlementJob.pledge_id == Pledge.id,
            SettlementJob.state == "open",
        )
    ]
    if of_one_pledge:
        here += [Pledge.campaign_id == bindparam("only_campaign"), Pledge.id == bindparam("only_pledge")]
    ready = (
        select(Campaign.id)
        .join(Project, Project.id == Campaign.project_id)
        .where(Campaign.state == "funded", carrier().in_(recipients.active()))
    )
    # Nothing goes to an owner for a share whose subscriber is not admitted (yet).
    held = select(Campaign.id).where(Campaign.instrument.in_(ADMITTING))
    sendable = or_(Pledge.campaign_id.not_in(held), _ADMITTED)
    collecting = select(Campaign.id).where(Campaign.state == "collecting")
    searches: Sequence[tuple[str, tuple[ColumnElement[bool], ...]]] = (
        ("charge", (Pledge.state == "confirmed", Pledge.campaign_id.in_(collecting))),
        ("charge", (Pledge.state == "action_required", Pledge.recover_until <= bindparam("moment"))),
        ("refund", (Pledge.state == "refunding",)),
        ("transfer", (Pledge.state == "paid", Pledge.campaign_id.in_(ready), sendable)),
    )
    # Each search has a limit of its own, so that its partial index gives no more rows than are wanted.
    each = (
        select(literal(rank).label("rank"), literal(kind).label("kind"), Pledge.campaign_id, Pledge.id)
        .where(*conditions, *here)
        .order_by(Pledge.campaign_id, Pledge.id)
        .limit(bindparam("most"))
        .subquery()
        for rank, (kind, conditions) in enumerate(searches)
    )
    found = union_all(*(select(one) for one in each)).subquery()
    in_order = (found.c.rank, found.c.campaign_id, found.c.id)
    return select(found.c.kind, found.c.campaign_id, found.c.id).order_by(*in_order).limit(bindparam("most"))


def history(session: Session, campaign_id: UUID, pledge_id: UUID) -> Sequence[SettlementJob]:
    """Return the errands of a pledge, oldest first. One statement."""
    return session.scalars(
        select(SettlementJob)
        .where(SettlementJob.campaign_id == campaign_id, SettlementJob.pledge_id == pledge_id)
        .order_by(SettlementJob.made_at, SettlementJob.id)
    ).all()
