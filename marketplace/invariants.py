"""What must be true of the whole database at any moment: `flask check`, the worker, and every integration test.

Each invariant is a query that returns the rows that break it. Source: numbering of docs/operations.md.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.pledges import chain
from marketplace.pledges.models import CampaignTally, PledgeEvent
from marketplace.pledges.rules import IllegalMove, fold
from marketplace.projects import invariants as projects


@dataclass(frozen=True)
class Finding:
    """An invariant, what breaks it (at most ten examples), and how long it took to look."""

    name: str
    examples: tuple[str, ...]
    milliseconds: float


QUERIES: dict[str, str] = {
    "I1 every transfer that is not a promise resolves one, in the same campaign and for the same pledge": """
        SELECT t.campaign_id, t.id FROM transfer t
        LEFT JOIN transfer p ON p.campaign_id = t.campaign_id AND p.id = t.pending_id AND p.kind = 'pending'
        WHERE t.kind <> 'pending' AND (p.id IS NULL OR p.pledge_id <> t.pledge_id)""",
    "I2 amounts are positive and go between two accounts in euros": """
        SELECT campaign_id, id FROM transfer
        WHERE amount_cents <= 0 OR debit_account = credit_account OR currency <> 'eur'""",
    "I3 a promise is resolved at most once": """
        SELECT campaign_id, pending_id FROM transfer WHERE pending_id IS NOT NULL
        GROUP BY campaign_id, pending_id HAVING count(*) > 1""",
    "I4 what is posted is not more than what was promised": """
        SELECT t.campaign_id, t.id FROM transfer t
        JOIN transfer p ON p.campaign_id = t.campaign_id AND p.id = t.pending_id
        WHERE t.amount_cents > p.amount_cents""",
    "I5a the tally equals the pledges": """
        SELECT t.campaign_id FROM campaign_tally t
        LEFT JOIN LATERAL (
            SELECT *, state IN ('reflecting', 'confirmed', 'charging', 'action_required', 'paid') AS is_live
            FROM pledge WHERE campaign_id = t.campaign_id) p ON true
        GROUP BY t.campaign_id
        HAVING t.reserved_cents <> coalesce(sum(p.amount_cents) FILTER (WHERE p.state = 'card_pending'), 0)
            OR t.live_cents <> coalesce(sum(p.amount_cents) FILTER (WHERE p.is_live), 0)
            OR t.related_cents <> coalesce(sum(p.amount_cents) FILTER (WHERE p.is_live AND p.related), 0)
            OR t.confirmed_cents <> coalesce(sum(p.amount_cents)
                 FILTER (WHERE p.is_live AND p.state <> 'reflecting' AND NOT p.related), 0)
            OR t.backers <> count(DISTINCT p.backer_id) FILTER (WHERE p.is_live AND NOT p.related)""",
    "I5b the tally equals the ledger's unresolved and posted promises": """
        SELECT t.campaign_id FROM campaign_tally t
        WHERE t.live_cents <> (
            SELECT coalesce(sum(p.amount_cents), 0) FROM transfer p
            WHERE p.campaign_id = t.campaign_id AND p.kind = 'pending' AND NOT EXISTS (
                SELECT FROM transfer r
                WHERE r.campaign_id = p.campaign_id AND r.pending_id = p.id AND r.kind = 'void'))""",
    "I5c nothing is taken over the hard cap": """
        SELECT campaign_id FROM campaign_tally WHERE reserved_cents + live_cents > hard_cap_cents""",
    "I7 a form makes one pledge, a payment belongs to one pledge": """
        SELECT campaign_id, form_key::text FROM pledge GROUP BY campaign_id, form_key HAVING count(*) > 1
        UNION ALL
        SELECT min(campaign_id::text)::uuid, payment_intent_id FROM pledge WHERE payment_intent_id IS NOT NULL
        GROUP BY payment_intent_id HAVING count(*) > 1""",
    "I8 paid if and only if exactly one transfer of the same amount was posted": """
        SELECT p.campaign_id, p.id FROM pledge p
        LEFT JOIN transfer t ON t.campaign_id = p.campaign_id AND t.pledge_id = p.id AND t.kind = 'post'
        GROUP BY p.campaign_id, p.id, p.state, p.amount_cents
        HAVING (p.state = 'paid') <> (count(t.id) = 1 AND coalesce(sum(t.amount_cents), 0) = p.amount_cents)""",
    "I9 money is taken only for a campaign that succeeded": """
        SELECT p.campaign_id, p.id FROM pledge p JOIN campaign c ON c.id = p.campaign_id
        WHERE p.state IN ('paid', 'charging', 'action_required') AND c.state NOT IN ('collecting', 'funded')""",
    "I10 an event is applied with an outcome": """
        SELECT id, type FROM stripe_event WHERE (applied_at IS NULL) <> (outcome IS NULL)""",
    "I12 every pledge has the accepted decision it was made under": """
        SELECT p.campaign_id, p.id FROM pledge p
        LEFT JOIN decision d ON d.campaign_id = p.campaign_id AND d.pledge_id = p.id
        WHERE d.seq IS NULL OR d.evidence ->> 'verdict' <> 'accept'
           OR (d.evidence ->> 'amount_cents')::bigint <> p.amount_cents
           OR (d.evidence ->> 'campaign_version')::int <> p.campaign_version""",
    "I12b a pledge was accepted from inside its ring": """
        SELECT p.campaign_id, p.id FROM pledge p
        LEFT JOIN campaign_ring r
          ON r.campaign_id = p.campaign_id AND r.version = p.campaign_version AND r.ordinal = p.ring
        WHERE r.zone IS NULL OR NOT p.commune_code = ANY (r.zone)""",
    "I13 an owner's own pledge is marked as such": """
        SELECT p.campaign_id, p.id FROM pledge p
        JOIN campaign c ON c.id = p.campaign_id JOIN project j ON j.id = c.project_id
        WHERE (p.backer_id = j.owner_id) <> p.related""",
    "I21 the index lists live campaigns, all of them and no other": """
        SELECT c.id FROM campaign c LEFT JOIN listing l ON l.campaign_id = c.id
        GROUP BY c.id, c.state HAVING (c.state = 'live') <> (count(l.campaign_id) > 0)""",
}


def check(session: Session) -> list[Finding]:
    """Look at every invariant; a finding without examples holds."""
    findings = [_run(session, name, query) for name, query in QUERIES.items()]
    findings.append(_timed("I6 a pledge's state is the fold of its history, without gaps", lambda: _histories(session)))
    for name, broken in projects.CHECKS.items():
        findings.append(_timed(f"I14-I18 {name}", partial(_broken_campaigns, broken, session)))
    findings.append(_timed("I16a the log of staff acts is unbroken", lambda: _strings(audit.broken_links(session))))
    findings.append(_timed("I16b the chains of decisions are unbroken", lambda: _chains(session)))
    return findings


def violations(session: Session) -> list[Finding]:
    """Return the invariants that do not hold."""
    return [finding for finding in check(session) if finding.examples]


def stuck(session: Session, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return pledges that wait for something 24 hours after their campaign closed (I11: for people to look at)."""
    waiting = text(
        "SELECT p.campaign_id, p.id FROM pledge p JOIN campaign c ON c.id = p.campaign_id "
        "WHERE p.state IN ('card_pending', 'charging') AND c.closes_at < :now - interval '24 hours' ORDER BY p.id"
    )
    return [(row.campaign_id, row.id) for row in session.execute(waiting, {"now": now})]


def _run(session: Session, name: str, query: str) -> Finding:
    start = time.perf_counter()
    rows = session.execute(text(query)).fetchmany(10)
    return Finding(name, tuple(" ".join(map(str, row)) for row in rows), (time.perf_counter() - start) * 1000)


def _timed(name: str, look: Callable[[], tuple[str, ...]]) -> Finding:
    start = time.perf_counter()
    examples = look()
    return Finding(name, examples[:10], (time.perf_counter() - start) * 1000)


def _histories(session: Session) -> tuple[str, ...]:
    states = {
        (row.campaign_id, row.id): row.state
        for row in session.execute(text("SELECT campaign_id, id, state FROM pledge"))
    }
    moves: dict[tuple[UUID, UUID], list[tuple[int, str | None, str]]] = {key: [] for key in states}
    for event in session.scalars(select(PledgeEvent).order_by(PledgeEvent.seq)):
        moves[event.campaign_id, event.pledge_id].append((event.seq, event.old_state, event.new_state))
    broken = []
    for key, history in moves.items():
        try:
            folded = fold((old, new) for _, old, new in history)
        except IllegalMove:
            folded = None
        if folded != states[key] or [seq for seq, _, _ in history] != list(range(1, len(history) + 1)):
            broken.append(str(key[1]))
    return tuple(broken)


def _chains(session: Session) -> tuple[str, ...]:
    return tuple(
        f"{campaign_id} {number}"
        for campaign_id in session.scalars(select(CampaignTally.campaign_id))
        for number in chain.broken_links(session, campaign_id)
    )


def _broken_campaigns(find: Callable[[Session], Sequence[object]], session: Session) -> tuple[str, ...]:
    return _strings(find(session))


def _strings(numbers: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(str, numbers))
