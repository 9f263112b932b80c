"""What must be true of the whole database at any moment: `flask check`, the worker, and every integration test.

Each invariant is a query that returns the rows that break it. Source: numbering of docs/operations.md.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.pledges import chain
from marketplace.pledges.models import CampaignTally
from marketplace.pledges.rules import LIVE, MOVES, TAKEN
from marketplace.projects import invariants as projects
from marketplace.projects.instruments import ADMITTING


@dataclass(frozen=True)
class Finding:
    """An invariant, what breaks it (at most ten examples), and how long it took to look."""

    name: str
    examples: tuple[str, ...]
    milliseconds: float


_LIVE, _TAKEN = (", ".join(f"'{state}'" for state in sorted(states)) for states in (LIVE, TAKEN))
_FIRM = ", ".join(f"'{state}'" for state in sorted(LIVE - {"reflecting"}))
_ADMITTING = ", ".join(f"'{code}'" for code in ADMITTING)
_LEGAL = ", ".join(
    f"('{old or ''}', '{new}', '{cause}')" for (old, new), causes in MOVES.items() for cause in sorted(causes)
)
QUERIES: dict[str, str] = {
    "I1 what resolves a promise is in the same campaign and for the same pledge": """
        SELECT t.campaign_id, t.id FROM transfer t
        LEFT JOIN transfer p ON p.campaign_id = t.campaign_id AND p.id = t.pending_id AND p.kind = 'pending'
        WHERE t.kind IN ('post', 'void') AND (p.id IS NULL OR p.pledge_id <> t.pledge_id)""",
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
    "I5a the tally equals the pledges": f"""
        SELECT t.campaign_id FROM campaign_tally t
        LEFT JOIN LATERAL (
            SELECT *, state IN ({_LIVE}) AS is_live
            FROM pledge WHERE campaign_id = t.campaign_id) p ON true
        GROUP BY t.campaign_id
        HAVING t.reserved_cents <> coalesce(sum(p.amount_cents)
                 FILTER (WHERE p.state IN ('offered', 'card_pending')), 0)
            OR t.live_cents <> coalesce(sum(p.amount_cents) FILTER (WHERE p.is_live), 0)
            OR t.related_cents <> coalesce(sum(p.amount_cents) FILTER (WHERE p.is_live AND p.related), 0)
            OR t.confirmed_cents <> coalesce(sum(p.amount_cents)
                 FILTER (WHERE p.is_live AND p.state <> 'reflecting' AND NOT p.related), 0)
            OR t.backers <> count(DISTINCT coalesce(p.organisation_id, p.backer_id))
                 FILTER (WHERE p.is_live AND NOT p.related)""",  # noqa: S608 - our own words
    "I5b the tally equals what the ledger promised, less what was given up, is due back or was lost": """
        SELECT t.campaign_id FROM campaign_tally t
        WHERE t.live_cents <> (
            SELECT coalesce(sum(CASE kind WHEN 'pending' THEN amount_cents
                WHEN 'void' THEN -amount_cents WHEN 'refund_due' THEN -amount_cents
                WHEN 'chargeback' THEN -amount_cents END), 0)
            FROM transfer WHERE campaign_id = t.campaign_id)""",
    "I5c nothing is taken over the hard cap": """
        SELECT campaign_id FROM campaign_tally WHERE reserved_cents + live_cents > hard_cap_cents""",
    "I5d the totals of the rings equal the pledges": f"""
        SELECT coalesce(t.campaign_id, p.campaign_id), coalesce(t.ring, p.place) FROM campaign_ring_tally t
        FULL JOIN (
            SELECT campaign_id,
                CASE WHEN related THEN -1 WHEN investor_kind = 'public_body' THEN -2 ELSE ring END AS place,
                sum(amount_cents) FILTER (WHERE state IN ('offered', 'card_pending', {_LIVE})) AS taken,
                sum(amount_cents) FILTER (WHERE state IN ({_LIVE})) AS live,
                sum(amount_cents) FILTER (WHERE state IN ({_FIRM})) AS firm
            FROM pledge GROUP BY 1, 2) p ON p.campaign_id = t.campaign_id AND p.place = t.ring
        WHERE (coalesce(t.taken_cents, 0), coalesce(t.live_cents, 0), coalesce(t.confirmed_cents, 0))
           <> (coalesce(p.taken, 0), coalesce(p.live, 0), coalesce(p.firm, 0))""",  # noqa: S608 - our own words
    "I7 a form makes one pledge, a payment belongs to one pledge": """
        SELECT campaign_id, form_key::text FROM pledge GROUP BY campaign_id, form_key HAVING count(*) > 1
        UNION ALL
        SELECT min(campaign_id::text)::uuid, payment_intent_id FROM pledge WHERE payment_intent_id IS NOT NULL
        GROUP BY payment_intent_id HAVING count(*) > 1""",
    "I8 money was taken if and only if exactly one transfer of the same amount was posted": f"""
        SELECT p.campaign_id, p.id FROM pledge p
        LEFT JOIN transfer t ON t.campaign_id = p.campaign_id AND t.pledge_id = p.id AND t.kind = 'post'
        GROUP BY p.campaign_id, p.id, p.state, p.amount_cents
        HAVING (p.state IN ({_TAKEN}))
            <> (count(t.id) = 1 AND coalesce(sum(t.amount_cents), 0) = p.amount_cents)""",  # noqa: S608 - our own words
    "I9 money is taken only for a campaign that succeeded, and sent on only when it has its money": """
        SELECT p.campaign_id, p.id FROM pledge p JOIN campaign c ON c.id = p.campaign_id
        WHERE p.state IN ('charging', 'action_required') AND c.state <> 'collecting'
           OR p.state = 'paid' AND c.state NOT IN ('collecting', 'funded', 'failed')
           OR p.state = 'transferred' AND c.state <> 'funded'""",
    "I11a what was taken is where the pledge says, to the cent": """
        SELECT p.campaign_id, p.id FROM pledge p
        JOIN LATERAL (
            SELECT
                sum(CASE WHEN credit_account = 'campaign:' || p.campaign_id THEN amount_cents
                         WHEN debit_account = 'campaign:' || p.campaign_id THEN -amount_cents ELSE 0 END) AS held,
                sum(CASE WHEN credit_account = 'owner:' || p.campaign_id THEN amount_cents
                         WHEN debit_account = 'owner:' || p.campaign_id THEN -amount_cents ELSE 0 END) AS sent,
                sum(CASE 'platform:fees' WHEN credit_account THEN amount_cents
                         WHEN debit_account THEN -amount_cents ELSE 0 END) AS kept,
                sum(CASE 'refunds:due' WHEN credit_account THEN amount_cents
                         WHEN debit_account THEN -amount_cents ELSE 0 END) AS due,
                sum(CASE 'disputes' WHEN debit_account THEN amount_cents
                         WHEN credit_account THEN -amount_cents ELSE 0 END) AS advanced
            FROM transfer t WHERE t.campaign_id = p.campaign_id AND t.pledge_id = p.id
              AND t.kind NOT IN ('pending', 'void')) m ON true
        WHERE p.charge_id IS NOT NULL AND (
            m.sent <> CASE WHEN p.transfer_id IS NULL THEN 0 ELSE p.amount_cents - p.fee_cents END
         OR m.kept <> CASE WHEN p.transfer_id IS NULL THEN 0 ELSE p.fee_cents END
         OR m.due <> CASE WHEN p.state IN ('refunding', 'refund_failed') THEN p.amount_cents ELSE 0 END
         OR m.advanced <> CASE WHEN p.state = 'disputed' THEN p.amount_cents ELSE 0 END
         OR m.held <> CASE WHEN p.transfer_id IS NULL AND p.state IN ('paid', 'disputed') THEN p.amount_cents
                           ELSE 0 END)""",
    "I11b what the owners, the campaigns and the fees hold is never below nothing": """
        SELECT campaign_id, account FROM (
            SELECT campaign_id, credit_account AS account, amount_cents FROM transfer
            WHERE kind NOT IN ('pending', 'void')
            UNION ALL
            SELECT campaign_id, debit_account, -amount_cents FROM transfer WHERE kind NOT IN ('pending', 'void')) line
        WHERE account NOT IN ('backers', 'disputes', 'platform:losses')
        GROUP BY campaign_id, account HAVING sum(amount_cents) < 0""",
    "I19 nothing is sent to an owner for a share before a board decided on its subscriber": f"""
        SELECT p.campaign_id, p.id FROM pledge p JOIN campaign c ON c.id = p.campaign_id
        WHERE c.instrument IN ({_ADMITTING}) AND p.transfer_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM admission a WHERE a.campaign_id = p.campaign_id AND a.pledge_id = p.id)""",  # noqa: S608 - our own words
    "I15a an errand that is under way fits its pledge": """
        SELECT j.campaign_id, j.id, j.kind, p.state FROM settlement_job j
        JOIN pledge p ON p.campaign_id = j.campaign_id AND p.id = j.pledge_id
        WHERE j.state = 'open' AND p.state NOT IN ('disputed', 'charged_back') AND NOT CASE j.kind
            WHEN 'charge' THEN p.state IN ('confirmed', 'action_required', 'charging')
            WHEN 'transfer' THEN p.state = 'paid'
            WHEN 'reversal' THEN p.state IN ('transferred', 'paid')
            WHEN 'refund' THEN p.state = 'refunding' END""",
    "I15b every charge has an errand that led to it, and every pledge that is charged has one under way": """
        SELECT p.campaign_id, p.id FROM pledge p
        WHERE p.state = 'charging' AND NOT EXISTS (
            SELECT FROM settlement_job j WHERE j.campaign_id = p.campaign_id AND j.pledge_id = p.id
              AND j.kind = 'charge' AND j.number = p.charge_attempt AND j.state = 'open')""",
    "I6 a pledge's state is the fold of its history, which has no gap and only legal moves": f"""
        WITH step AS (
            SELECT *, row_number() OVER history AS place, lag(new_state) OVER history AS before
            FROM pledge_event WINDOW history AS (PARTITION BY campaign_id, pledge_id ORDER BY seq))
        SELECT campaign_id, pledge_id FROM step
        WHERE seq <> place OR old_state IS DISTINCT FROM before
           OR (coalesce(old_state, ''), new_state, cause) NOT IN (VALUES {_LEGAL})
        UNION
        SELECT p.campaign_id, p.id FROM pledge p
        LEFT JOIN pledge_event e ON e.campaign_id = p.campaign_id AND e.pledge_id = p.id AND e.seq >= p.row_version
        GROUP BY p.campaign_id, p.id
        HAVING count(e.seq) <> 1 OR min(e.seq) <> p.row_version OR min(e.new_state) <> p.state""",  # noqa: S608 - our own words
    "I10 an event that saved a card is named in the history of a pledge": """
        SELECT e.id, e.outcome FROM stripe_event e
        WHERE e.outcome IN ('card_saved', 'card_saved_late')
          AND NOT EXISTS (SELECT FROM pledge_event p WHERE p.stripe_event_id = e.id)""",
    "I12 every pledge has the decision it was made under": """
        SELECT p.campaign_id, p.id FROM pledge p
        LEFT JOIN LATERAL (
            SELECT * FROM decision d WHERE d.campaign_id = p.campaign_id AND d.pledge_id = p.id
            ORDER BY d.seq DESC LIMIT 1) d ON true
        LEFT JOIN LATERAL (
            SELECT bool_or(e.new_state NOT IN ('waitlisted', 'withdrawn', 'abandoned')) AS given FROM pledge_event e
            WHERE e.campaign_id = p.campaign_id AND e.pledge_id = p.id) e ON true
        WHERE d.seq IS NULL OR d.evidence ->> 'verdict' <> CASE WHEN e.given THEN 'accept' ELSE 'waitlist' END
           OR (d.evidence ->> 'amount_cents')::bigint <> p.amount_cents
           OR (d.evidence ->> 'campaign_version')::int <> p.campaign_version""",
    "I12b a pledge was accepted from inside its ring": """
        SELECT p.campaign_id, p.id FROM pledge p
        LEFT JOIN campaign_ring r
          ON r.campaign_id = p.campaign_id AND r.version = p.campaign_version AND r.ordinal = p.ring
        WHERE r.zone IS NULL OR NOT p.commune_code = ANY (r.zone) AND p.investor_kind <> 'public_body'""",
    "I13 an owner's own pledge is marked as such": """
        SELECT p.campaign_id, p.id FROM pledge p
        JOIN campaign c ON c.id = p.campaign_id JOIN project j ON j.id = c.project_id
        LEFT JOIN project_owner o ON o.project_id = j.id AND o.account_id = p.backer_id
          AND o.joined_at <= p.opened_at AND coalesce(o.left_at > p.opened_at, true)
        WHERE NOT p.related AND (o.id IS NOT NULL OR p.organisation_id = j.organisation_id)""",
    "I21 the index lists live campaigns, all of them and no other": """
        SELECT c.id FROM campaign c LEFT JOIN listed l ON l.campaign_id = c.id
        WHERE (c.state = 'live') <> (l.campaign_id IS NOT NULL) OR c.version <> l.version""",
    "I22 no money came that nobody waited for": """
        SELECT campaign_id, pledge_id, payment_intent_id, why FROM stray_payment WHERE settled_at IS NULL""",
}


_STUCK = """
    SELECT p.state, p.campaign_id, p.id FROM pledge p JOIN campaign c ON c.id = p.campaign_id
    WHERE :day_ago > CASE p.state
        WHEN 'waitlisted' THEN CASE WHEN c.state NOT IN ('live', 'closing', 'collecting') THEN c.changed_at END
        WHEN 'offered' THEN p.reserved_until
        WHEN 'card_pending' THEN p.reserved_until
        WHEN 'reflecting' THEN p.revocable_until
        WHEN 'confirmed' THEN CASE WHEN c.state IN ('collecting', 'failed') THEN c.changed_at END
        WHEN 'charging' THEN p.charge_started_at
        WHEN 'action_required' THEN p.recover_until
        WHEN 'paid' THEN CASE WHEN c.state = 'failed' THEN c.changed_at END END
    UNION ALL
    SELECT j.kind, j.campaign_id, j.pledge_id FROM settlement_job j WHERE j.state = 'open' AND :day_ago > j.due_at
    UNION ALL
    SELECT c.state, c.id, NULL FROM campaign c WHERE :day_ago > CASE c.state
        WHEN 'live' THEN c.closes_at
        WHEN 'closing' THEN (
            SELECT greatest(c.closed_at, max(p.revocable_until), max(p.reserved_until))
            FROM pledge p WHERE p.campaign_id = c.id) END
    ORDER BY 2, 3 LIMIT 100"""


def check(session: Session) -> list[Finding]:
    """Look at every invariant; a finding without examples holds."""
    findings = [_run(session, name, query) for name, query in QUERIES.items()]
    for name, broken in projects.CHECKS.items():
        findings.append(_timed(f"I14-I18 {name}", partial(_broken_campaigns, broken, session)))
    findings.append(_timed("I16a the log of staff acts is unbroken", lambda: _strings(audit.broken_links(session))))
    findings.append(_timed("I16b the chains of decisions are unbroken", lambda: _chains(session)))
    return findings


def violations(session: Session) -> list[Finding]:
    """Return the invariants that do not hold."""
    return [finding for finding in check(session) if finding.examples]


def stuck(session: Session, now: datetime) -> list[str]:
    """Return what should have gone on by itself more than a day ago (I11): "reflecting <campaign> <pledge>"."""
    rows = session.execute(text(_STUCK), {"day_ago": now - timedelta(days=1)})
    return [" ".join(map(str, row)) for row in rows]


def _run(session: Session, name: str, query: str) -> Finding:
    start = time.perf_counter()
    rows = session.execute(text(query)).fetchmany(10)
    return Finding(name, tuple(" ".join(map(str, row)) for row in rows), (time.perf_counter() - start) * 1000)


def _timed(name: str, look: Callable[[], tuple[str, ...]]) -> Finding:
    start = time.perf_counter()
    examples = look()
    return Finding(name, examples[:10], (time.perf_counter() - start) * 1000)


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
