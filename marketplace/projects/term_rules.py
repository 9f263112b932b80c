"""Whether an instrument and its terms may be offered: by whom, within which figures. Pure: reason codes, no sentences.

A problem's field is the name of a term, "rewards-0-label" or "raises-0-cents" for a line.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from marketplace.finance import capital, limits, schedules
from marketplace.locality import presets
from marketplace.projects.instruments import EVERY, INSTRUMENTS, REPAYMENTS, Instrument
from marketplace.projects.returns import Deal, lines
from marketplace.projects.rules import Content, Problem
from marketplace.projects.sheet_parts import OWN_RISKS
from marketplace.projects.terms import Terms

# What a draft may hold, and what may be submitted: the information sheet has six pages (docs/instruments.md).
TEXT_LENGTH: Mapping[str, int] = MappingProxyType(
    {
        "board": 100,
        "colleges": 300,
        "withdrawal": 400,
        "rank": 200,
        "guarantees": 400,
        "early": 300,
        "defaults": 300,
        "accounts": 800,
        "responsible": 200,
        "naf": 10,
    }
)
MOST_STORED = 4_000
REWARD_LENGTH = range(2, 121)
LEAST_NOMINAL_CENTS, MOST_NOMINAL_CENTS = 1_00, 10_000_00
MOST_RETURN_PERCENT = 300
# Of turnover: a fifth.
MOST_PART_BP = 2_000
MOST_YEARS = 10
# A board meets every quarter at least; nobody waits for longer than half a year.
ADMISSION_DAYS = range(7, 184)


def form_problems(instrument: str | None, legal_form: str | None) -> Iterator[Problem]:
    """Say whether a legal form may offer an instrument; nothing as long as one of them is not chosen."""
    known = INSTRUMENTS.get(instrument or "")
    if known is not None and legal_form and legal_form not in known.forms:
        yield Problem("instrument_not_for_form", "instrument", {"instrument": instrument, "legal_form": legal_form})


def problems(content: Content, *, today: date) -> tuple[Problem, ...]:
    """Return everything that is wrong with the terms of a content, in the order of the form."""
    instrument = INSTRUMENTS.get(content.instrument or "")
    if instrument is None:
        return ()
    terms = content.terms
    found = [
        *form_problems(content.instrument, content.legal_form),
        *_missing(instrument, terms),
        *_texts(instrument, terms),
        *_risks(instrument, content),
        *_figures(instrument, terms),
        *_between(content, terms),
        *_rewards(content, terms, today),
        *_raises(terms, today),
    ]
    return tuple(found or _schedule(content))


def share_cap_bp(terms: Terms) -> int | None:
    """Return the most that shares may pay, None until the six rates are known. Loi 47-1775 art. 14."""
    return capital.share_interest_cap_bp(terms.tmo_bp) if len(terms.tmo_bp) == capital.HALVES else None


_UNIT = re.compile("_(cents|bp|percent)$")


def _missing(instrument: Instrument, terms: Terms) -> Iterator[Problem]:
    for name in instrument.every_term:
        if name not in instrument.required or (name == "rate_bp" and terms.ring_rates):
            continue
        value = getattr(terms, name)
        if value is None or (isinstance(value, str) and not value.strip()) or value == ():
            yield Problem(f"{_UNIT.sub('', name)}_missing", name)


def _texts(instrument: Instrument, terms: Terms) -> Iterator[Problem]:
    for name in instrument.every_term:
        most = TEXT_LENGTH.get(name)
        if most and len(getattr(terms, name)) > most:
            yield Problem("term_too_long", name, {"most": most, "length": len(getattr(terms, name))})


def _risks(instrument: Instrument, content: Content) -> Iterator[Problem]:
    """Ask for each kind of risk that only an owner can tell. Delegated regulation (EU) 2022/2119, annex, part C."""
    if instrument.sheet is None:
        return
    for kind in OWN_RISKS:
        if not content.details.risks.get(kind, "").strip():
            yield Problem("risk_missing", f"risk_{kind}", {"kind": kind})


def _outside(value: int | None, least: int, most: int) -> bool:
    return value is not None and not least <= value <= most


def _figures(instrument: Instrument, terms: Terms) -> Iterator[Problem]:
    """Check each figure by itself; those that the instrument has not are as by default, which is within all bounds."""
    most_rate, shown = schedules.MOST_RATE_BP, terms.only(instrument.every_term)
    if shown.repayment is not None and shown.repayment not in REPAYMENTS:
        yield Problem("repayment_missing", "repayment")
    if shown.every is not None and shown.every not in EVERY:
        yield Problem("every_missing", "every")
    for name in ("rate_bp", "variable_bp"):
        if _outside(getattr(shown, name), 0, most_rate):
            yield Problem("rate_out_of_range", name, {"most": most_rate})
    if any(_outside(rate, 0, most_rate) for rate in shown.ring_rates):
        yield Problem("rate_out_of_range", "ring_rates", {"most": most_rate})
    yield from _capital_figures(shown)


def _capital_figures(shown: Terms) -> Iterator[Problem]:
    if _outside(shown.nominal_cents, LEAST_NOMINAL_CENTS, MOST_NOMINAL_CENTS):
        bounds = (LEAST_NOMINAL_CENTS, MOST_NOMINAL_CENTS)
        yield Problem("nominal_out_of_range", "nominal_cents", {"least": bounds[0], "most": bounds[1]})
    if _outside(shown.variable_percent, 0, capital.MOST_VARIABLE_PERCENT):
        yield Problem("variable_too_large", "variable_percent", {"most": capital.MOST_VARIABLE_PERCENT})
    if _outside(shown.part_bp, 1, MOST_PART_BP):
        yield Problem("part_out_of_range", "part_bp", {"most": MOST_PART_BP})
    if _outside(shown.return_percent, 100, MOST_RETURN_PERCENT):
        yield Problem("return_out_of_range", "return_percent", {"least": 100, "most": MOST_RETURN_PERCENT})
    if shown.tmo_bp and len(shown.tmo_bp) != capital.HALVES:
        yield Problem("tmo_incomplete", "tmo_bp", {"given": len(shown.tmo_bp), "needed": capital.HALVES})
    if _outside(shown.admission_days, ADMISSION_DAYS.start, ADMISSION_DAYS.stop - 1):
        bounds = (ADMISSION_DAYS.start, ADMISSION_DAYS.stop - 1)
        yield Problem("admission_days_out_of_range", "admission_days", {"least": bounds[0], "most": bounds[1]})
    if (shown.own_funds_cents or 0) < 0:
        yield Problem("amount_not_positive", "own_funds_cents")


def _between(content: Content, terms: Terms) -> Iterator[Problem]:
    """Check figures against each other."""
    instrument = INSTRUMENTS[content.instrument or ""]
    has = set(instrument.every_term)
    yield from _periods(content, terms, has)
    if instrument.yearly and (content.loan_months or 0) % 12:
        yield Problem("months_not_whole_years", "loan_months")
    years = (content.loan_months or 0) // 12
    if "turnovers" in has and terms.turnovers and years and len(terms.turnovers) != years:
        yield Problem("turnovers_differ", "turnovers", {"given": len(terms.turnovers), "needed": years})
    if "tmo_bp" in has:
        yield from _share_rate(terms)
    if "nominal_cents" in has:
        yield from _nominals(content, terms.nominal_cents or 0)
    rings = _ring_count(content)
    if "ring_rates" in has and terms.ring_rates and rings not in (None, len(terms.ring_rates)):
        yield Problem("ring_rates_differ", "ring_rates", {"given": len(terms.ring_rates), "needed": rings})


def _periods(content: Content, terms: Terms, has: set[str]) -> Iterator[Problem]:
    months, every = content.loan_months, terms.every or 1
    if "every" in has and every in EVERY and months and months % every:
        yield Problem("every_does_not_divide", "every", {"months": months, "every": every})
    if "deferral" not in has or not terms.deferral:
        return
    if terms.repayment == "in_fine":
        yield Problem("deferral_in_fine", "deferral")
    elif months and (terms.deferral >= months or terms.deferral % every):
        yield Problem("deferral_does_not_fit", "deferral", {"months": months, "every": every})


def _share_rate(terms: Terms) -> Iterator[Problem]:
    """Compare the interest of shares with the most there may be: the rates of three years say it."""
    rate, cap = terms.rate_bp or 0, share_cap_bp(terms)
    if rate > 0 and not terms.tmo_bp:
        yield Problem("tmo_missing", "tmo_bp")
    if cap is not None and rate > cap:
        yield Problem("share_rate_above_cap", "rate_bp", {"cap_bp": cap})


def _nominals(content: Content, unit_cents: int) -> Iterator[Problem]:
    for name in ("minimum_cents", "hard_cap_cents"):
        cents = getattr(content, name)
        if unit_cents >= LEAST_NOMINAL_CENTS and cents and cents % unit_cents:
            yield Problem("not_whole_nominals", name, {"unit_cents": unit_cents})


def _ring_count(content: Content) -> int | None:
    if content.rule_preset not in presets.PRESETS:
        return None
    return len(presets.rings(content.rule_preset, content.rule_options)) or 1


def _rewards(content: Content, terms: Terms, today: date) -> Iterator[Problem]:
    if content.instrument != "gift_with_reward":
        return
    for number, reward in enumerate(terms.rewards):
        line, length = f"rewards-{number}", len(reward.label)
        if length not in REWARD_LENGTH:
            yield Problem("reward_label", f"{line}-label", {"most": REWARD_LENGTH.stop - 1, "length": length})
        if reward.cents is None or reward.cents < content.minimum_cents:
            yield Problem("reward_amount", f"{line}-cents", {"minimum_cents": content.minimum_cents})
        elif content.hard_cap_cents and reward.cents > content.hard_cap_cents:
            yield Problem("reward_above_cap", f"{line}-cents", {"hard_cap_cents": content.hard_cap_cents})
        if reward.stock is not None and reward.stock < 1:
            yield Problem("reward_stock", f"{line}-stock")
        if reward.month is None or (content.ends_on and reward.month <= content.ends_on) or reward.month < today:
            yield Problem("reward_month", f"{line}-month")


def _raises(terms: Terms, today: date) -> Iterator[Problem]:
    for number, one in enumerate(terms.raises):
        if one.launched_on is None or one.launched_on > today:
            yield Problem("raise_day", f"raises-{number}-launched_on")
        if one.cents is None or one.cents <= 0:
            yield Problem("amount_not_positive", f"raises-{number}-cents")


def _schedule(content: Content) -> Iterator[Problem]:
    """Write every schedule once, of the least amount and of the most: what cannot be written cannot be offered."""
    if not INSTRUMENTS[content.instrument or ""].months or not content.loan_months or not content.hard_cap_cents:
        return
    facts: dict[str, Any] = {"raised_cents": content.hard_cap_cents}
    for ring in range(len(content.terms.rates()) or 1):
        deal = Deal(str(content.instrument), content.loan_months, content.terms, ring=ring, **facts)
        try:
            for cents in {max(1, content.minimum_cents), content.hard_cap_cents}:
                lines(deal, cents)
        except ValueError:
            yield Problem("schedule_impossible", "loan_months")
            return


def room_problem(hard_cap_cents: int | None, room_cents: int, most_cents: int) -> tuple[Problem, ...]:
    """Say that offers of twelve months would be too large together. Regulation (EU) 2020/1503 art. 1(2)(c)."""
    if hard_cap_cents is None or hard_cap_cents <= room_cents or most_cents != limits.OFFERS_CENTS:
        return ()
    return (Problem("offers_above_limit", "hard_cap_cents", {"room_cents": room_cents, "most_cents": most_cents}),)
