"""What an amount brings back, if all goes well: the schedule of whoever asks, to the cent, with what tax would take."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from marketplace.finance import tax
from marketplace.finance.schedules import Line
from marketplace.finance.tax import Flat, Levy
from marketplace.projects import queries as projects
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.queries import CampaignPage
from marketplace.projects.returns import Deal, gain_cents, lines
from marketplace.projects.rules import Content
from marketplace.web.context import Session, runtime

# Owed whatever happens, or a forecast of the owner's.
OWED = frozenset({"interest_free_loan", "loan", "bond"})

EXAMPLE_CENTS = 1_000_00


@dataclass(frozen=True)
class Quote:
    """Payments for an amount. gain_cents: beyond it. rate_bp: a year, None where none is promised.

    owed: by contract; otherwise as the owner expects. stays: the amount is not paid back by this schedule. flat: the
    levy in force, levy: what it would take of the first payment of interest; None without interest.
    """

    instrument: str
    amount_cents: int
    lines: tuple[Line, ...]
    gain_cents: int
    rate_bp: int | None
    owed: bool
    stays: bool
    flat: Flat | None = None
    levy: Levy | None = None
    taxed_cents: int = 0

    @property
    def total_cents(self) -> int:
        """All the payments together."""
        return sum(line.payment_cents for line in self.lines)

    @property
    def even(self) -> bool:
        """Whether all payments but the last are the same."""
        return len({line.payment_cents for line in self.lines[:-1]}) <= 1


@lru_cache(maxsize=4)
def _table(path: Path) -> tuple[Flat, ...]:
    return tax.read(tomllib.loads(path.read_text(encoding="utf-8")))


def flat_levy(day: date) -> Flat | None:
    """Return the levy of a day, by this site's table."""
    return tax.in_force(_table(runtime().config.tax_table), day)


def of_lines(deal: Deal, amount_cents: int, found: Sequence[Line], day: date) -> Quote:
    """Put words beside a schedule. day: today, in Paris."""
    first = next((line.interest_cents for line in found if line.interest_cents > 0), 0)
    flat = flat_levy(day) if first else None
    return Quote(
        instrument=deal.instrument,
        amount_cents=amount_cents,
        lines=tuple(found),
        gain_cents=gain_cents(found, amount_cents),
        rate_bp=deal.terms.rate_of(deal.ring) if deal.instrument != "royalty_loan" else None,
        owed=deal.instrument in OWED,
        stays=bool(found) and found[-1].balance_cents == amount_cents,
        flat=flat,
        levy=tax.levy(first, flat) if flat else None,
        taxed_cents=first,
    )


def quote(deal: Deal, amount_cents: int, day: date) -> Quote | None:
    """Return what an amount brings back, None for a gift and for an amount that cannot be repaid in so many parts."""
    known = INSTRUMENTS.get(deal.instrument)
    if known is None or (known.months is not None and deal.months not in known.months):
        return None
    try:
        found = lines(deal, amount_cents)
    except ValueError:
        return None
    return of_lines(deal, amount_cents, found, day) if found else None


def of_campaign(campaign: CampaignPage, ring: int = 0) -> Deal:
    """Return what a published campaign offers to a ring. Royalties are shared among those who reach the goal."""
    return Deal(campaign.instrument, campaign.loan_months, campaign.terms, campaign.goal_cents, ring)


def of_content(content: Content) -> Deal:
    """Return what a draft offers, as far as it is written."""
    return Deal(content.instrument or "gift", content.loan_months, content.terms, content.goal_cents or 1)


def ring_of(session: Session, campaign: CampaignPage, commune_code: str | None) -> int:
    """Return the ring whose rate somebody gets: that of their commune, the outermost one where it is not known.

    No statement where there is one rate, one otherwise.
    """
    if not campaign.terms.ring_rates:
        return 0
    zones = projects.zones(session, campaign.campaign_id)
    return next((number for number, zone in enumerate(zones) if commune_code in zone), len(zones) - 1)


def example_cents(campaign: CampaignPage) -> int:
    """Return the amount a calculator opens on: 1 000 €, or the next amount that one may put in."""
    least = max(EXAMPLE_CENTS, campaign.minimum_cents)
    return -(-least // campaign.unit_cents) * campaign.unit_cents
