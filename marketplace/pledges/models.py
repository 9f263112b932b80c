"""Tables of pledges. Every key starts with the campaign, so that they can be split by campaign one day."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, uuid7
from marketplace.locality.model import ACCEPTED_LINKS
from marketplace.pledges.rules import ADMISSIONS, STATES, TAKEN

_STATE_LIST = ", ".join(f"'{state}'" for state in STATES)
_TAKEN_LIST = ", ".join(f"'{state}'" for state in STATES if state in TAKEN)
_KIND_LIST = ", ".join(f"'{kind}'" for kind in ACCEPTED_LINKS)


# Where the money of related people, and that of public bodies, stands among the rings: in none.
RELATED, PUBLIC = -1, -2


def tally_ring(ring: int, *, related: bool, investor_kind: str) -> int:
    """Return where money stands among the rings: in the one it was accepted with, or in none."""
    if related:
        return RELATED
    return PUBLIC if investor_kind == "public_body" else ring


class CampaignTally(Base):
    """Running totals of a campaign, in cents; the row whose lock decides who gets the last euro.

    fee_basis_points: what the platform keeps of each charge, frozen at publication. shortfall_until: until when those
    who wait are asked to make up for charges that failed.
    """

    __tablename__ = "campaign_tally"
    __table_args__ = (
        CheckConstraint("reserved_cents >= 0 AND live_cents >= 0 AND related_cents >= 0", name="not_negative"),
        CheckConstraint("reserved_cents + live_cents <= hard_cap_cents", name="never_over_cap"),
        CheckConstraint("confirmed_cents >= 0 AND confirmed_cents <= live_cents", name="confirmed_is_live"),
        CheckConstraint("fee_basis_points BETWEEN 0 AND 1000", name="fee"),
    )
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    hard_cap_cents: Mapped[int] = mapped_column(BigInteger)
    reserved_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    live_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    related_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    confirmed_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    backers: Mapped[int] = mapped_column(default=0)
    decisions: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[str]
    offers_made_at: Mapped[datetime | None]
    fee_basis_points: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    shortfall_until: Mapped[datetime | None]


class CampaignRingTally(Base):
    """What each ring of a campaign has given, in cents, under the lock of `CampaignTally`.

    ring: RELATED is the money of related people and PUBLIC that of public bodies, whatever their ring.
    taken_cents: reserved or live. confirmed_cents: can no longer be withdrawn.
    """

    __tablename__ = "campaign_ring_tally"
    __table_args__ = (
        CheckConstraint("ring >= -2", name="ring"),
        CheckConstraint(
            "0 <= confirmed_cents AND confirmed_cents <= live_cents AND live_cents <= taken_cents", name="in_order"
        ),
    )
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign_tally.campaign_id"), primary_key=True)
    ring: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    taken_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    live_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    confirmed_cents: Mapped[int] = mapped_column(BigInteger, default=0)


class Pledge(Base):
    """A promise of money to one campaign, under the frozen version of its terms.

    organisation_id: whose pledge it is when the backer made it for an organisation, under a mandate.
    reserved_until, revocable_until, recover_until: aware UTC, exclusive. reserved_until: of somebody who waits, the end
    of the campaign. asked_cents: what they asked for, when they were offered less.
    commune_code: the home it was accepted with. shown_as: what others may read of the backer: "name", "commune" ("un·e
    habitant·e de"), "nothing". reconfirm_until: after a material change, exclusive: promised anew by then, or released.
    transfer_id: where the money is with the owner, None once it is back. fee_cents: what the platform kept of it.
    recovery_session_id: the last page on which a refused charge may be paid.
    """

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint(f"investor_kind IN ({_KIND_LIST})", name="investor_kind"),
        CheckConstraint(f"state IN ({_STATE_LIST})", name="state"),
        CheckConstraint("livemode = false", name="test_mode_only"),
        CheckConstraint(
            "state IN ('waitlisted', 'offered', 'card_pending', 'abandoned', 'withdrawn') OR "
            "(revocable_until IS NOT NULL AND payment_method_id IS NOT NULL)",
            name="card_before_reflection",
        ),
        CheckConstraint(f"state NOT IN ({_TAKEN_LIST}) OR charge_id IS NOT NULL", name="paid_has_charge"),
        CheckConstraint("state <> 'transferred' OR transfer_id IS NOT NULL", name="transferred_has_transfer"),
        CheckConstraint("reward >= 0", name="reward"),
        CheckConstraint("shown_as IN ('name', 'commune', 'nothing')", name="shown_as"),
        CheckConstraint("reconfirm_until IS NULL OR state <> 'confirmed'", name="reconfirmed_in_reflection"),
        ForeignKeyConstraint(
            ["campaign_id", "campaign_version"],
            ["campaign_version.campaign_id", "campaign_version.number"],
            name="fk_pledge_campaign_id_campaign_version_campaign_version",
        ),
        UniqueConstraint("campaign_id", "form_key"),
        UniqueConstraint("campaign_id", "payment_intent_id"),
        Index("ix_pledge_backer_id_opened_at", "backer_id", "opened_at"),
        Index("ix_pledge_organisation_id", "organisation_id", postgresql_where=text("organisation_id IS NOT NULL")),
        Index("ix_pledge_card_pending", "reserved_until", postgresql_where=text("state = 'card_pending'")),
        Index(
            "ix_pledge_waiting", "campaign_id", "ring", "opened_at", "id", postgresql_where=text("state = 'waitlisted'")
        ),
        Index("ix_pledge_offered", "reserved_until", postgresql_where=text("state = 'offered'")),
        Index("ix_pledge_reflecting", "revocable_until", postgresql_where=text("state = 'reflecting'")),
        Index("ix_pledge_undecided", "campaign_id", postgresql_where=text("state IN ('reflecting', 'confirmed')")),
        Index("ix_pledge_charging", "charge_started_at", postgresql_where=text("state = 'charging'")),
        Index("ix_pledge_recovering", "recover_until", postgresql_where=text("state = 'action_required'")),
        Index("ix_pledge_owed", "campaign_id", "id", postgresql_where=text("state IN ('paid', 'refunding')")),
        Index("ix_pledge_reconfirming", "reconfirm_until", postgresql_where=text("reconfirm_until IS NOT NULL")),
    )
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    campaign_version: Mapped[int]
    backer_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    form_key: Mapped[UUID]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    asked_cents: Mapped[int | None] = mapped_column(BigInteger)
    related: Mapped[bool]
    investor_kind: Mapped[str] = mapped_column(default="person", server_default=text("'person'"))
    commune_code: Mapped[str]
    ring: Mapped[int]
    shown_as: Mapped[str] = mapped_column(default="nothing", server_default="nothing")
    # Its number among those of the campaign's terms, None without one.
    reward: Mapped[int | None] = mapped_column(SmallInteger)
    state: Mapped[str]
    row_version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    reserved_until: Mapped[datetime]
    card_page_round: Mapped[int] = mapped_column(default=1)
    checkout_session_id: Mapped[str | None]
    checkout_url: Mapped[str | None]
    setup_intent_id: Mapped[str | None]
    payment_method_id: Mapped[str | None]
    card_brand: Mapped[str | None]
    card_last4: Mapped[str | None]
    card_expires: Mapped[str | None]
    revocable_until: Mapped[datetime | None]
    reconfirm_until: Mapped[datetime | None]
    charge_attempt: Mapped[int] = mapped_column(default=0)
    charge_started_at: Mapped[datetime | None]
    payment_intent_id: Mapped[str | None]
    charge_id: Mapped[str | None]
    decline_reason: Mapped[str | None]
    recover_until: Mapped[datetime | None]
    recovery_session_id: Mapped[str | None]
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    fee_cents: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    transfer_id: Mapped[str | None]
    refund_id: Mapped[str | None]
    dispute_id: Mapped[str | None]
    dispute_reason: Mapped[str | None]
    dispute_answer_by: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    livemode: Mapped[bool] = mapped_column(default=False)
    stripe_version: Mapped[str | None]

    @property
    def tally_ring(self) -> int:
        """Where its money stands in `CampaignRingTally`."""
        return tally_ring(self.ring, related=self.related, investor_kind=self.investor_kind)


class PledgeEvent(Base):
    """Why a pledge is in its state: one row for each move, without gaps. amount_cents: after it, where it changed."""

    __tablename__ = "pledge_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "pledge_id"],
            ["pledge.campaign_id", "pledge.id"],
            name="fk_pledge_event_campaign_id_pledge_id_pledge",
        ),
        CheckConstraint("seq > 0", name="seq_positive"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
    )
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    pledge_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    old_state: Mapped[str | None]
    new_state: Mapped[str]
    cause: Mapped[str]
    actor_id: Mapped[UUID | None]
    stripe_event_id: Mapped[str | None]
    amount_cents: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]


class FundMatch(Base):
    """What a fund owes a campaign that succeeded. Never changed (trigger). number: its place in the rule, from 0."""

    __tablename__ = "fund_match"
    __table_args__ = (
        CheckConstraint("matched_cents >= 0 AND people >= 0", name="not_negative"),
        CheckConstraint("(people = 0) = (matched_cents = 0)", name="people_and_money"),
    )
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    fund: Mapped[str]
    matched_cents: Mapped[int] = mapped_column(BigInteger)
    people: Mapped[int]
    recorded_at: Mapped[datetime]


class Intention(Base):
    """How much somebody means to pledge once their turn comes. It binds nobody and counts for nothing.

    opens_at: when their turn comes. expires_at: exclusive. told_at: when they were told that it has come.
    """

    __tablename__ = "intention"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("said_at < opens_at AND opens_at < expires_at", name="in_order"),
        Index("ix_intention_to_tell", "opens_at", postgresql_where=text("told_at IS NULL")),
        Index("ix_intention_account_id", "account_id"),
    )
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    said_at: Mapped[datetime]
    opens_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class AdmissionCall(Base):
    """A board is asked to admit the subscribers of a campaign that succeeded.

    due_at: exclusive, as its terms announced. overdue_told_at: when its owner and staff were told that it is over.
    """

    __tablename__ = "admission_call"
    __table_args__ = (CheckConstraint("made_at < due_at", name="due_later"),)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    overdue_told_at: Mapped[datetime | None]


class Admission(Base):
    """What a board decided on one subscription; none as long as it has not. Never changed (trigger).

    college: which members an admitted one is among; reason: why one is not.
    """

    __tablename__ = "admission"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "pledge_id"],
            ["pledge.campaign_id", "pledge.id"],
            name="fk_admission_campaign_id_pledge_id_pledge",
        ),
        CheckConstraint(f"outcome IN {ADMISSIONS}", name="outcome"),
        CheckConstraint("(outcome = 'admitted') = (college IS NOT NULL)", name="college_when_admitted"),
        CheckConstraint("(outcome = 'refused') = (reason IS NOT NULL)", name="reason_when_refused"),
    )
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    pledge_id: Mapped[UUID] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    college: Mapped[str | None]
    reason: Mapped[str | None]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))


class SettlementJob(Base):
    """One errand to the provider that moves money, written down before it is run: charge, transfer, reversal, refund.

    number: counts the errands of a kind of one pledge from 1; of a charge, it is its attempt. key: idempotency key.
    due_at: when to run it (again); while it is being run, the end of its lease. first_sent_at: when the provider may
    first have heard of it. state: open, done, or void when it came to nothing. outcome: in one word.
    """

    __tablename__ = "settlement_job"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "pledge_id"],
            ["pledge.campaign_id", "pledge.id"],
            name="fk_settlement_job_campaign_id_pledge_id_pledge",
        ),
        CheckConstraint("kind IN ('charge', 'transfer', 'reversal', 'refund')", name="kind"),
        CheckConstraint("state IN ('open', 'done', 'void')", name="state"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("amount_cents > 0 AND number > 0 AND tries >= 0", name="positive"),
        UniqueConstraint("campaign_id", "pledge_id", "kind", "number"),
        Index(
            "uq_settlement_job_open", "campaign_id", "pledge_id", unique=True, postgresql_where=text("state = 'open'")
        ),
        Index("ix_settlement_job_due", "due_at", postgresql_where=text("state = 'open'")),
    )
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    pledge_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[int]
    cause: Mapped[str | None]
    key: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(default="open")
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    first_sent_at: Mapped[datetime | None]
    provider_id: Mapped[str | None]
    outcome: Mapped[str | None]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PledgeConsent(Base):
    """What a backer agreed to with a pledge, and the words they read.

    kind, text_*: of `protection.texts`. amount_cents: all they promise to the campaign with it. threshold_cents: above
    which they had to consent expressly, on such a consent only. Never changed.
    """

    __tablename__ = "pledge_consent"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "pledge_id"],
            ["pledge.campaign_id", "pledge.id"],
            name="fk_pledge_consent_campaign_id_pledge_id_pledge",
        ),
        CheckConstraint("text_sha256 ~ '^[0-9a-f]{64}$'", name="text_sha256"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("(kind = 'over_threshold') = (threshold_cents IS NOT NULL)", name="threshold_when_over"),
        Index("ix_pledge_consent_pledge", "campaign_id", "pledge_id"),
    )
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    pledge_id: Mapped[UUID]
    kind: Mapped[str]
    text_version: Mapped[int]
    text_locale: Mapped[str]
    text_sha256: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    threshold_cents: Mapped[int | None] = mapped_column(BigInteger)
    given_at: Mapped[datetime]


class PledgeDecision(Base):
    """An accepted decision with its evidence, chained by hash to the one before it in the same campaign."""

    __tablename__ = "decision"
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pledge_id: Mapped[UUID]
    at: Mapped[datetime]
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    previous_hash: Mapped[str]
    hash: Mapped[str]
