"""The life of a pledge as data: states, legal moves, and what each state weighs in a campaign's totals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Stripe wants a card page to live at least 30 minutes from when *it* creates it; one more covers the way there.
RESERVATION = timedelta(minutes=31)
SHORTEST_PAGE = timedelta(minutes=30, seconds=30)
RECOVERY = timedelta(days=7)
OFFER = timedelta(hours=48)
# Room is kept for who may well not pay: so often by one person in one campaign, no more.
MOST_UNFINISHED = 3
UNFINISHED_FOR = timedelta(hours=24)
# Keys may be forgotten at the provider after 24 h: from then on, look before sending again.
KEY_LIFE = timedelta(hours=23)
# An errand that was begun is nobody else's for so long: more than all tries of a call and any wait before it.
LEASE = timedelta(minutes=2)
# A recovery is brought back to mind twice before it ends.
REMINDERS = (RECOVERY / 2, timedelta(days=1))
# Where failed charges leave a campaign short, room is offered to those who wait, for so long after it succeeded.
SHORTFALL = timedelta(days=14)

STATES = (
    "waitlisted",
    "offered",
    "card_pending",
    "reflecting",
    "confirmed",
    "charging",
    "action_required",
    "paid",
    "transferred",
    "refunding",
    "refunded",
    "refund_failed",
    "disputed",
    "charged_back",
    "withdrawn",
    "released",
    "abandoned",
    "dropped",
)
RESERVED = frozenset({"offered", "card_pending"})
LIVE = frozenset({"reflecting", "confirmed", "charging", "action_required", "paid", "transferred", "disputed"})
# A backer hears of a campaign as long as their pledge was not their own to undo.
HEARD = LIVE | {"released", "dropped"}
# Where the amount may become smaller, as long as withdrawing is free.
LOWERABLE = frozenset({"waitlisted", "reflecting", "confirmed"})
FINAL = frozenset({"withdrawn", "released", "dropped", "charged_back"})
# Money was taken from a card, whatever became of it since.
TAKEN = frozenset({"paid", "transferred", "refunding", "refunded", "refund_failed", "disputed", "charged_back"})
# What a board makes of a subscription. A decision is final: a refusal starts giving the money back.
ADMISSION_MOVES: Mapping[str, frozenset[str]] = {
    "awaiting": frozenset({"admitted", "refused"}),
    "admitted": frozenset(),
    "refused": frozenset(),
}
ADMISSIONS = ("admitted", "refused")
# Money that a board decides about: charged, and not on its way back.
ADMISSIBLE = frozenset({"paid", "transferred"})
# What others may read of a backer: their name, "un·e habitant·e de…", nothing. Nothing unless they say otherwise.
SHOWN_AS = ("name", "commune", "nothing")

# (from, to): causes. None is "does not exist yet". Source: docs/pledges.md, which draws this table.
MOVES: Mapping[tuple[str | None, str], frozenset[str]] = {
    (None, "waitlisted"): frozenset({"no_room"}),
    ("waitlisted", "offered"): frozenset({"room_offered"}),
    ("waitlisted", "withdrawn"): frozenset({"withdrawn_by_backer", "residence_revoked"}),
    ("waitlisted", "abandoned"): frozenset({"campaign_over"}),
    ("offered", "card_pending"): frozenset({"offer_taken"}),
    ("offered", "withdrawn"): frozenset({"withdrawn_by_backer", "residence_revoked"}),
    ("offered", "abandoned"): frozenset({"offer_expired", "campaign_over", "terms_changed"}),
    (None, "card_pending"): frozenset({"opened"}),
    ("card_pending", "reflecting"): frozenset({"card_saved"}),
    ("card_pending", "abandoned"): frozenset({"card_page_expired", "campaign_over", "terms_changed"}),
    ("card_pending", "withdrawn"): frozenset({"withdrawn_by_backer", "residence_revoked"}),
    ("abandoned", "reflecting"): frozenset({"card_saved_late"}),
    # The state stays: the amount changes, or what was promised must be, or is, promised anew.
    ("waitlisted", "waitlisted"): frozenset({"amount_lowered"}),
    ("reflecting", "reflecting"): frozenset({"amount_lowered", "amount_raised", "terms_changed", "reconfirmed"}),
    ("reflecting", "confirmed"): frozenset({"reflection_over"}),
    ("reflecting", "withdrawn"): frozenset({"withdrawn_by_backer", "residence_revoked"}),
    ("reflecting", "released"): frozenset({"campaign_failed", "campaign_cancelled", "not_reconfirmed"}),
    ("confirmed", "reflecting"): frozenset({"terms_changed"}),
    ("confirmed", "confirmed"): frozenset({"amount_lowered"}),
    ("confirmed", "withdrawn"): frozenset({"withdrawn_by_backer"}),
    ("confirmed", "released"): frozenset({"campaign_failed", "campaign_cancelled"}),
    ("confirmed", "charging"): frozenset({"campaign_succeeded"}),
    ("charging", "paid"): frozenset({"charge_succeeded"}),
    ("charging", "action_required"): frozenset({"charge_declined"}),
    ("charging", "dropped"): frozenset({"recovery_over"}),
    ("action_required", "charging"): frozenset({"last_attempt"}),
    ("action_required", "paid"): frozenset({"charge_succeeded"}),
    ("paid", "transferred"): frozenset({"transfer_made"}),
    ("paid", "refunding"): frozenset({"campaign_failed", "refund_decided", "not_admitted"}),
    ("transferred", "refunding"): frozenset({"transfer_reversed"}),
    ("transferred", "paid"): frozenset({"transfer_reversed"}),
    ("refunding", "refunded"): frozenset({"refund_succeeded"}),
    ("refunding", "refund_failed"): frozenset({"refund_declined"}),
    ("refunded", "refund_failed"): frozenset({"refund_declined"}),
    ("refund_failed", "refunding"): frozenset({"refund_again"}),
    ("paid", "disputed"): frozenset({"dispute_opened"}),
    ("transferred", "disputed"): frozenset({"dispute_opened"}),
    ("disputed", "paid"): frozenset({"dispute_won"}),
    ("disputed", "transferred"): frozenset({"dispute_won"}),
    ("disputed", "charged_back"): frozenset({"dispute_lost"}),
    # The bank gave back what was due to the backer.
    ("refunding", "charged_back"): frozenset({"dispute_lost"}),
    ("refund_failed", "charged_back"): frozenset({"dispute_lost"}),
}


class IllegalMove(ValueError):  # noqa: N818 - names what was tried
    """The table has no such move."""


def check_move(old: str | None, new: str, cause: str) -> None:
    """Let a legal move pass. Raises IllegalMove."""
    if cause not in MOVES.get((old, new), frozenset()):
        raise IllegalMove(f"{old} → {new} ({cause})")


def fold(moves: Iterable[tuple[str | None, str]]) -> str | None:
    """Return the state that a history leads to. Raises IllegalMove: a gap or a move not in the table."""
    state: str | None = None
    for old, new in moves:
        if old != state or (old, new) not in MOVES:
            raise IllegalMove(f"{state} ⇒ {old} → {new}")
        state = new
    return state


@dataclass(frozen=True)
class Weight:
    """What a pledge adds to its campaign's totals, in cents."""

    reserved: int = 0
    live: int = 0
    related: int = 0
    confirmed: int = 0

    def __sub__(self, other: "Weight") -> "Weight":
        return Weight(
            self.reserved - other.reserved,
            self.live - other.live,
            self.related - other.related,
            self.confirmed - other.confirmed,
        )


def weight(state: str | None, amount_cents: int, *, related: bool) -> Weight:
    """Return what a pledge weighs in a state. Related money fills the cap but never the success threshold."""
    if state in RESERVED:
        return Weight(reserved=amount_cents)
    if state not in LIVE:
        return Weight()
    irrevocable = amount_cents if state != "reflecting" and not related else 0
    return Weight(live=amount_cents, related=amount_cents if related else 0, confirmed=irrevocable)


def may_reserve_from(unfinished: Sequence[datetime]) -> datetime | None:
    """Return from when on a person may reserve room again; None: now.

    unfinished: when each of their reservations of the last UNFINISHED_FOR without a saved card was opened.
    """
    if len(unfinished) < MOST_UNFINISHED:
        return None
    return sorted(unfinished)[-MOST_UNFINISHED] + UNFINISHED_FOR


@dataclass(frozen=True)
class RingWeight:
    """What a pledge adds to the totals of its ring, in cents. confirmed: irrevocable."""

    taken: int = 0
    live: int = 0
    confirmed: int = 0

    def __sub__(self, other: "RingWeight") -> "RingWeight":
        return RingWeight(self.taken - other.taken, self.live - other.live, self.confirmed - other.confirmed)


def ring_weight(state: str | None, amount_cents: int) -> RingWeight:
    """Return what a pledge weighs in its ring, or among related people, in a state."""
    if state in RESERVED:
        return RingWeight(amount_cents)
    if state not in LIVE:
        return RingWeight()
    return RingWeight(amount_cents, amount_cents, 0 if state == "reflecting" else amount_cents)


def may_withdraw(
    state: str,
    revocable_until: datetime | None,
    now: datetime,
    *,
    reconfirm_until: datetime | None = None,
    campaign_state: str = "live",
) -> bool:
    """Tell whether a backer may withdraw: freely until the reflection period ends, ``revocable_until`` exclusive.

    Firm or not, they may leave while the campaign is suspended or once it is cancelled, and until they have confirmed
    anew what changed materially. Source: regulation (EU) 2020/1503 art. 22 and 23(12).
    """
    if state in {"waitlisted", "offered", "card_pending"}:
        return True
    if state in {"reflecting", "confirmed"} and campaign_state in {"suspended", "cancelled"}:
        return True
    if state != "reflecting" or revocable_until is None:
        return False
    return now < max(revocable_until, reconfirm_until or revocable_until)


def is_whole(amount_cents: int, unit_cents: int) -> bool:
    """Tell whether an amount is a whole number of shares."""
    return amount_cents % unit_cents == 0
