"""The owner's form of an instrument and its terms: shape only; what is missing is said after it was kept."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice

from marketplace.core.money import Money
from marketplace.projects.instruments import INSTRUMENTS, Instrument
from marketplace.projects.rules import Content, Problem
from marketplace.projects.terms import MOST_RAISES, MOST_REWARDS, Raise, Reward, Terms
from marketplace.web.clean_form import CleanForm
from marketplace.web.fields import DateField, MoneyField, NumberField, TrimmedField, refuse
from marketplace.web.instrument_words import EVERY, REPAYMENTS, TERMS
from marketplace.web.instruments.fields import AmountsField, MonthField, RateField, RatesField
from marketplace.web.messages import sentence
from marketplace.web.owner.rule_form import MayWait, choices

# Fields whose name on the form is not that of the term.
_CONTROLS = {"loan_months": "months", "cents": "amount"}
_MONEY = ("nominal_cents", "own_funds_cents")
_TEXTS = ("colleges", "withdrawal", "rank", "guarantees", "early", "defaults", "accounts")
_LINES = ("board", "responsible", "naf")


class RewardForm(Form):  # type: ignore[misc]  # wtforms has no types
    """One reward."""

    label = TrimmedField(_l("Ce qui est donné en retour"), render_kw={"autocomplete": "off"})
    amount = MoneyField(_l("À partir de"))
    stock = NumberField(_l("Combien il y en a"), validators=[MayWait()])
    month = MonthField(_l("Remis en (mois/année)"))

    def read(self) -> Reward:
        """Return what is typed on the line."""
        cents = self.amount.data.cents if self.amount.data else None
        return Reward(self.label.data or "", cents, self.stock.data, self.month.data)


class RaiseForm(Form):  # type: ignore[misc]
    """One offer made elsewhere."""

    launched_on = DateField(_l("Premier jour"))
    amount = MoneyField(_l("Montant levé"))

    def read(self) -> Raise:
        """Return what is typed on the line."""
        return Raise(self.launched_on.data, self.amount.data.cents if self.amount.data else None)


class LinesField(FieldList):  # type: ignore[misc]
    """All the lines there may be, each where it is; the page shows every one of them."""

    errors: list[Any]

    def __init__(self, kind: type[Form], label: Any, *, most: int, **options: Any) -> None:
        super().__init__(FormField(kind), label, min_entries=most, max_entries=most, **options)
        self._most = most

    def _extract_indices(self, _prefix: str, _formdata: Iterable[str]) -> Iterator[int]:
        """Yield the numbers of the page's own lines, whatever was sent."""
        yield from range(self._most)

    def written(self) -> tuple[Any, ...]:
        """Return the lines on which something is typed."""
        return tuple(line for entry in self for line in [entry.form.read()] if line)

    def sentences(self) -> list[str]:
        """Return what is wrong with the lines together."""
        return [error for error in self.errors if not isinstance(error, Mapping)]


def _label(name: str) -> Any:
    return TERMS[name][0]


class TermsForm(CleanForm):
    """An instrument and all the terms any may have; the page shows those of the one that is chosen."""

    row_version = HiddenField()
    instrument = HiddenField()
    months = NumberField(_l("Durée, en mois"), validators=[MayWait()])
    rate_bp = RateField(_label("rate_bp"))
    ring_rates = RatesField(_label("ring_rates"), validators=[MayWait()])
    repayment = RadioField(_label("repayment"), choices=choices(REPAYMENTS), validators=[MayWait()])
    every = SelectField(
        _label("every"),
        choices=[
            SelectChoice("", _l("Choisissez")),
            *(SelectChoice(str(months), words) for months, words in EVERY.items()),
        ],
        validators=[MayWait()],
    )
    deferral = NumberField(_label("deferral"), validators=[MayWait()])
    capitalised = BooleanField(_label("capitalised"))
    nominal_cents = MoneyField(_label("nominal_cents"))
    variable_percent = NumberField(_label("variable_percent"))
    variable_bp = RateField(_label("variable_bp"))
    part_bp = RateField(_label("part_bp"))
    return_percent = NumberField(_label("return_percent"))
    turnovers = AmountsField(_label("turnovers"))
    tmo_bp = RatesField(_label("tmo_bp"), validators=[MayWait()])
    board = TrimmedField(_label("board"), render_kw={"autocomplete": "off"})
    admission_days = NumberField(_label("admission_days"), validators=[MayWait()])
    colleges = TextAreaField(_label("colleges"))
    withdrawal = TextAreaField(_label("withdrawal"))
    rank = TextAreaField(_label("rank"))
    guarantees = TextAreaField(_label("guarantees"))
    early = TextAreaField(_label("early"))
    defaults = TextAreaField(_label("defaults"))
    responsible = TrimmedField(_label("responsible"), render_kw={"autocomplete": "off"})
    naf = TrimmedField(_label("naf"), render_kw={"autocomplete": "off", "size": "8"}, validators=[MayWait()])
    accounts = TextAreaField(_label("accounts"))
    own_funds_cents = MoneyField(_label("own_funds_cents"), validators=[MayWait()])
    raises = LinesField(RaiseForm, _label("raises"), most=MOST_RAISES)
    rewards = LinesField(RewardForm, _label("rewards"), most=MOST_REWARDS)

    @classmethod
    def of(cls, content: Content, instrument: str, *, row_version: int) -> "TermsForm":
        """Return the form as it opens on a content, for an instrument that may be another one than its own."""
        terms = content.terms
        data: dict[str, Any] = {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
        money = {name: _money(getattr(terms, name)) for name in _MONEY}
        lists = {
            "rewards": [{**one.__dict__, "amount": _money(one.cents)} for one in terms.rewards],
            "raises": [{**one.__dict__, "amount": _money(one.cents)} for one in terms.raises],
        }
        own = {
            "row_version": str(row_version),
            "instrument": instrument,
            "months": content.loan_months,
            "every": str(terms.every or ""),
        }
        form: TermsForm = cls(formdata=None, data={**data, **money, **lists, **own})
        return form

    def known(self) -> Instrument | None:
        """Return the instrument that is chosen, None when there is none of that name."""
        return INSTRUMENTS.get(self.instrument.data or "")

    def shown(self) -> list[str]:
        """Return the fields of the page, in its order."""
        known = self.known()
        return [*(["months"] if known and known.months else []), *(known.every_term if known else ())]

    def keep_only_shown(self) -> None:
        """Forget what is wrong in fields that are not on the page: somebody else's form may send anything."""
        for name, field in self._fields.items():
            if name in TERMS and name not in self.shown():
                field.process(None)

    def terms(self) -> Terms:
        """Return what was typed, as the services take it."""
        values: dict[str, Any] = {name: self[name].data for name in Terms.__dataclass_fields__ if name in TERMS}
        for name in _MONEY:
            values[name] = values[name].cents if values[name] else None
        for name in (*_TEXTS, *_LINES):
            values[name] = values[name] or ""
        for name in ("ring_rates", "turnovers", "tmo_bp"):
            values[name] = values[name] or ()
        every = str(values["every"] or "")
        values |= {
            "every": int(every) if every.isdecimal() else None,
            "repayment": values["repayment"] or None,
            "rewards": self.rewards.written(),
            "raises": self.raises.written(),
        }
        return Terms(**values)

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each problem at its field."""
        for problem in problems:
            self.put(sentence(problem.code, **problem.facts), problem.field)

    def put(self, message: str, field: str | None) -> None:
        """Put a sentence at a field, on a line, or on the form as a whole."""
        name, _, place = (field or "").partition("-")
        if name in {"rewards", "raises"}:
            lines = self[name]
            if not place:
                lines.errors = [*lines.errors, message]
                return
            number, _, part = place.partition("-")
            refuse(lines.entries[int(number)].form, message, _CONTROLS.get(part, part))
            lines.errors = [*lines.errors, {part: [message]}]
            return
        refuse(self, message, _CONTROLS.get(name, name) or None)

    def read_version(self) -> int:
        """Return the row version the page showed; one that cannot be is 0, which nothing has."""
        text = str(self.row_version.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


def _money(cents: int | None) -> Money | None:
    return None if cents is None else Money(cents)
