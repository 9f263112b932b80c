"""Where the money comes from and what it is for, on the owner's form: lines of words, an amount and a place."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, SelectField
from wtforms.fields import SelectChoice

from marketplace.core.money import Money
from marketplace.projects.details import MOST_SOURCES, Source
from marketplace.projects.uses import MOST_USES, Use
from marketplace.web.commune_field import CommuneField
from marketplace.web.fields import MoneyField, TrimmedField
from marketplace.web.owner.lines import LinesField, typed
from marketplace.web.owner.rule_form import MayWait, choices, chosen
from marketplace.web.owner.words import SOURCES

# Where a problem of the rules stands on a line.
_CONTROLS = {"cents": "amount"}


class UseForm(Form):  # type: ignore[misc]  # wtforms has no types
    """One line. What is missing is said when the campaign is sent."""

    label = TrimmedField(_l("À quoi sert l’argent"), render_kw={"autocomplete": "off"})
    amount = MoneyField(_l("Montant"))
    supplier = TrimmedField(_l("Fournisseur"), render_kw={"autocomplete": "off"})
    commune = CommuneField(_l("Commune"), render_kw={"autocomplete": "off"})

    def use(self) -> Use:
        """Return what is typed on the line."""
        amount: Money | None = self.amount.data
        return Use(self.label.data or "", amount.cents if amount else None, self.commune.data, self.supplier.data or "")


class SourceForm(Form):  # type: ignore[misc]  # wtforms has no types
    """Other money of the same budget."""

    kind = SelectField(
        _l("D’où vient l’argent"),
        choices=[SelectChoice("", _l("Choisissez")), *choices(SOURCES)],
        validators=[MayWait()],
    )
    label = TrimmedField(_l("De qui"), render_kw={"autocomplete": "off"})
    amount = MoneyField(_l("Montant"))
    certain = BooleanField(_l("Cet argent est acquis : en banque, ou promis par écrit."))

    def source(self) -> Source:
        """Return what is typed on the line."""
        amount: Money | None = self.amount.data
        cents = amount.cents if amount else None
        return Source(chosen(self.kind), self.label.data or "", cents, bool(self.certain.data))


class UsesField(LinesField):
    """What the money is for."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(UseForm, label, most=MOST_USES, blank=2, least=4, controls=_CONTROLS, **options)

    def written(self) -> tuple[Use, ...]:
        """Return the lines on which something is typed."""
        return tuple(use for line in self for use in [line.form.use()] if use)


class SourcesField(LinesField):
    """Where the rest of the money comes from."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(SourceForm, label, most=MOST_SOURCES, controls=_CONTROLS, **options)

    def written(self) -> tuple[Source, ...]:
        """Return the lines on which something is typed."""
        return tuple(line.form.source() for line in self if typed(line.form))


def values(uses: Iterable[Use]) -> list[dict[str, Any]]:
    """Return lines as the field opens on them."""
    return [
        {"label": use.label, "amount": _money(use.cents), "supplier": use.supplier, "commune": use.commune_code}
        for use in uses
    ]


def source_values(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """Return lines of other money as the field opens on them."""
    return [
        {"kind": one.kind or "", "label": one.label, "amount": _money(one.cents), "certain": one.certain}
        for one in sources
    ]


def _money(cents: int | None) -> Money | None:
    return None if cents is None else Money(cents)
