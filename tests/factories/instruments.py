"""Whole terms of each instrument, as an owner would write them."""

from dataclasses import replace
from datetime import date
from typing import Any

from marketplace.projects.details import Details
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.sheet_parts import OWN_RISKS
from marketplace.projects.terms import Reward, Terms

_SHEET: dict[str, Any] = {"responsible": "Nadia", "accounts": "Aucun"}
_LOAN: dict[str, Any] = {"guarantees": "Aucune", "early": "Possible", "defaults": "Aucun"}

RISKS = Details(risks=dict.fromkeys(OWN_RISKS, "Le four peut tomber en panne."))

TERMS = {
    "gift": Terms(),
    "gift_with_reward": Terms(rewards=(Reward("Un pain", 20_00, 10, date(2027, 6, 1)),)),
    "interest_free_loan": Terms(),
    "loan": Terms(rate_bp=400, repayment="annuity", every=1, **_LOAN, **_SHEET),
    "bond": Terms(nominal_cents=50_00, rate_bp=300, every=12, rank="Après la banque", guarantees="Aucune", **_SHEET),
    "cooperative_share": Terms(
        nominal_cents=50_00,
        rate_bp=322,
        tmo_bp=(228, 150, 96, 119, 80, 63),
        colleges="Salariés",
        board="Le conseil",
        admission_days=60,
        withdrawal="Au prix payé",
        **_SHEET,
    ),
    "participating_security": Terms(
        nominal_cents=50_00, rate_bp=200, variable_percent=40, variable_bp=330, rank="Dernier", **_SHEET
    ),
    "royalty_loan": Terms(part_bp=300, return_percent=140, turnovers=(1_00, 2_00, 3_00), **_LOAN, **_SHEET),
}
MONTHS = {
    "interest_free_loan": 36,
    "loan": 12,
    "bond": 36,
    "participating_security": 84,
    "royalty_loan": 36,
}


def offered(instrument: str, **terms: Any) -> dict[str, Any]:
    """Return what `make.campaign` takes for an instrument, some of its terms changed."""
    return {
        "instrument": instrument,
        "loan_months": MONTHS.get(instrument),
        "legal_form": "scic",
        "minimum_cents": 50_00 if TERMS[instrument].nominal_cents else 10_00,
        "terms": replace(TERMS[instrument], **terms),
        **({"details": RISKS} if INSTRUMENTS[instrument].sheet else {}),
    }
