"""What may be offered to the public, and by whom: one table. Pure.

Sources: regulation (EU) 2020/1503 art. 1(2)(c); CMF L. 548-1, D. 548-1 (gifts, loans without interest), L. 213-5 and
L. 213-8 (bonds, those of associations); C. com. L. 223-11 (bonds of a SARL: never to the public), L. 228-36 (titres
participatifs: co-operatives); loi 47-1775 art. 11 (shares of co-operatives).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.finance import limits

_EVERYBODY = frozenset({"association", "scop", "scic", "sas", "sarl", "ei", "commune", "autre"})
_BUSINESSES = _EVERYBODY - {"commune"}
_CO_OPERATIVES = frozenset({"scop", "scic"})
# What the information sheet asks of every owner, whatever the instrument.
SHEET = ("responsible", "naf", "accounts", "own_funds_cents", "raises")
REPAYMENTS = ("annuity", "constant_principal", "in_fine")
# Months between two payments: each divides a year.
EVERY = (1, 3, 6, 12)


@dataclass(frozen=True)
class Instrument:
    """One thing that may be offered. forms: legal forms of those who may offer it.

    months: how long it may last, None where it has no end. most_cents: of one campaign. terms: fields of `Terms` it
    has, in the order of the form; required: those that may not be missing. sheet: which parts of the information sheet,
    None when there is none: "loan" (part G), "security" (parts D to F), "share" (the same, of our own accord). yearly:
    it pays once a year, for whole years. admitted: a board admits each subscriber after the close, or pays back.
    """

    forms: frozenset[str]
    months: range | None = None
    most_cents: int = limits.OFFERS_CENTS
    per_person_cents: int | None = None
    terms: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    sheet: str | None = None
    yearly: bool = False
    admitted: bool = False

    @property
    def every_term(self) -> tuple[str, ...]:
        """Names of all the terms it has, those of the sheet last."""
        return (*self.terms, *(SHEET if self.sheet else ()))


_SHEET_NEEDS = frozenset({"responsible", "accounts"})
_LOAN_WORDS = ("guarantees", "early", "defaults")

INSTRUMENTS: Mapping[str, Instrument] = {
    "gift": Instrument(_EVERYBODY, most_cents=limits.IFP_PROJECT_CENTS),
    "gift_with_reward": Instrument(
        _EVERYBODY, most_cents=limits.IFP_PROJECT_CENTS, terms=("rewards",), required=frozenset({"rewards"})
    ),
    "interest_free_loan": Instrument(
        _EVERYBODY,
        range(1, limits.IFP_MONTHS + 1),
        most_cents=limits.IFP_PROJECT_CENTS,
        per_person_cents=limits.FREE_LOAN_CENTS,
    ),
    "loan": Instrument(
        _BUSINESSES,
        range(3, 241),
        terms=("rate_bp", "ring_rates", "repayment", "every", "deferral", "capitalised", *_LOAN_WORDS),
        required=_SHEET_NEEDS | {"rate_bp", "repayment", "every", *_LOAN_WORDS},
        sheet="loan",
    ),
    "bond": Instrument(
        frozenset({"association", "scop", "scic", "sas"}),
        range(12, 241),
        terms=("nominal_cents", "rate_bp", "ring_rates", "every", "rank", "guarantees"),
        required=_SHEET_NEEDS | {"nominal_cents", "rate_bp", "every", "rank", "guarantees"},
        sheet="security",
    ),
    "cooperative_share": Instrument(
        _CO_OPERATIVES,
        terms=("nominal_cents", "rate_bp", "tmo_bp", "colleges", "board", "admission_days", "withdrawal"),
        required=_SHEET_NEEDS | {"nominal_cents", "rate_bp", "colleges", "board", "admission_days", "withdrawal"},
        sheet="share",
        admitted=True,
    ),
    "participating_security": Instrument(
        _CO_OPERATIVES,
        range(84, 361),
        terms=("nominal_cents", "rate_bp", "variable_percent", "variable_bp", "rank"),
        required=_SHEET_NEEDS | {"nominal_cents", "rate_bp", "variable_percent", "variable_bp", "rank"},
        sheet="security",
        yearly=True,
    ),
    "royalty_loan": Instrument(
        _BUSINESSES,
        range(12, 121),
        terms=("part_bp", "return_percent", "turnovers", *_LOAN_WORDS),
        required=_SHEET_NEEDS | {"part_bp", "return_percent", "turnovers", *_LOAN_WORDS},
        sheet="loan",
        yearly=True,
    ),
}
# Those whose subscribers a board admits.
ADMITTING = tuple(code for code, known in INSTRUMENTS.items() if known.admitted)
