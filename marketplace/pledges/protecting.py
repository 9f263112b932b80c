"""What stands between an accepted decision and a pledge: whole shares, what the law asks of investors, what they read.

Decided in the pledge's own transaction, after the local-to-local rule. Source: docs/investor-protection.md.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core.db import uuid7
from marketplace.investors import queries as investors
from marketplace.investors.rules import NOBODY, Party, Standing
from marketplace.locality.model import Block, Decision
from marketplace.pledges import offers
from marketplace.pledges.offers import Terms
from marketplace.pledges.rules import is_whole
from marketplace.protection import texts
from marketplace.protection.regimes import regime_of

# What may be added to the rule's answer; the sentences are in `web/messages`.
REASONS = ("consent_missing", "knowledge_test_missing", "mandate_missing", "not_whole_shares", "warning_unread")
WITHOUT_MANDATE = Decision("refuse", None, (Block("mandate_missing", "none"),))


@dataclass(frozen=True)
class Asked:
    """What somebody asks for: an amount, all that they would have promised to the campaign with it, what they read.

    read: digests of the words they agreed to.
    """

    amount_cents: int
    total_cents: int
    read: Collection[str] = ()


def standings(session: Session, terms: Terms, parties: Collection[Party], now: datetime) -> Mapping[Party, Standing]:
    """Return what is known of investors, where the instrument asks for it: three statements, or none."""
    if not regime_of(terms.offer.instrument).assessed:
        return {}
    return investors.standings(session, parties, now)


def with_whole_shares(terms: Terms, decision: Decision, amount_cents: int) -> Decision:
    """Refuse what is no whole number of shares, and round what would pass down to one."""
    unit = terms.unit_cents
    if decision.limit_cents is not None:
        decision = replace(decision, limit_cents=decision.limit_cents - decision.limit_cents % unit)
    if decision.verdict not in {"accept", "waitlist"} or is_whole(amount_cents, unit):
        return decision
    below = amount_cents - amount_cents % unit
    return _refused(decision, Block("not_whole_shares", "amount", below or None, {"unit_cents": unit}))


def judged(terms: Terms, decision: Decision, standing: Standing | None, asked: Asked) -> Decision:
    """Return the rule's answer, refused where shares are not whole or a protection is missing.

    Nobody is refused for what they know or own: only for not having been asked, or not having agreed where the law
    wants it said. Source: regulation (EU) 2020/1503 art. 21.
    """
    decision = with_whole_shares(terms, decision, asked.amount_cents)
    if decision.verdict not in {"accept", "waitlist"}:
        return decision
    missing = _missing(terms, standing or NOBODY, asked)
    return decision if missing is None else _refused(decision, missing)


def exceeds(terms: Terms, standing: Standing, total_cents: int) -> bool:
    """Tell whether all that somebody promises to a campaign needs their express consent."""
    assessed = regime_of(terms.offer.instrument).assessed and not standing.sophisticated
    return assessed and total_cents > standing.threshold_cents


def consents(
    terms: Terms, pledge_id: UUID, standing: Standing | None, asked: Asked, now: datetime
) -> list[dict[str, Any]]:
    """Return what was agreed to as rows of `pledge_consent`: today's words of the kinds that this pledge calls for."""
    known = standing or NOBODY
    over = exceeds(terms, known, asked.total_cents)
    kinds = [texts.risk_kind(terms.offer.instrument), *(["over_threshold"] if over else [])]
    return [
        {
            "campaign_id": terms.campaign_id,
            "id": uuid7(),
            "pledge_id": pledge_id,
            "kind": text.kind,
            "text_version": text.version,
            "text_locale": text.locale,
            "text_sha256": text.sha256,
            "amount_cents": asked.total_cents,
            "threshold_cents": known.threshold_cents if text.kind == "over_threshold" else None,
            "given_at": now,
        }
        for text in _read(kinds, asked.read)
    ]


def _missing(terms: Terms, standing: Standing, asked: Asked) -> Block | None:
    if not regime_of(terms.offer.instrument).assessed or standing.sophisticated:
        return None
    if standing.test is None:
        return Block("knowledge_test_missing", "knowledge_test")
    if not standing.assessed:
        return Block("warning_unread", "knowledge_test")
    if exceeds(terms, standing, asked.total_cents) and not list(_read(["over_threshold"], asked.read)):
        facts = {"threshold_cents": standing.threshold_cents, "total_cents": asked.total_cents}
        return Block("consent_missing", "consent", None, facts)
    return None


def _read(kinds: Iterable[str], read: Collection[str]) -> Iterable[texts.Text]:
    for kind in kinds:
        found = (texts.shown(kind, sha256) for sha256 in sorted(read))
        yield from [text for text in found if text is not None][:1]


def _refused(decision: Decision, block: Block) -> Decision:
    return Decision("refuse", decision.ring, (block,), block.limit_cents)


@dataclass(frozen=True)
class Preparation:
    """What a page must put before somebody who is about to promise.

    assessed: the law, or we, ask something for this instrument. missing: "test" or "warning", None when nothing is.
    over: they must consent expressly, for total_cents exceed threshold_cents.
    """

    assessed: bool = False
    missing: str | None = None
    simulated: bool = True
    over: bool = False
    total_cents: int = 0
    threshold_cents: int = 0


def prepare(
    session: Session, *, campaign_id: UUID, instrument: str, party: Party, amount_cents: int, now: datetime
) -> Preparation:
    """Return what is still to be asked of an investor, without a lock: for pages only.

    No statement where the instrument asks for nothing, nine otherwise.
    """
    if not regime_of(instrument).assessed:
        return Preparation()
    terms = offers.terms(session, campaign_id)
    known = investors.standings(session, [party], now)[party]
    if known.sophisticated:
        return Preparation()
    total = offers.investors(session, campaign_id, [party], now)[party].already_cents + amount_cents
    return Preparation(
        assessed=True,
        missing=None if known.assessed else "warning" if known.test == "unread" else "test",
        simulated=known.simulated or party.organisation_id is not None,
        over=exceeds(terms, known, total),
        total_cents=total,
        threshold_cents=known.threshold_cents,
    )
