"""What the money is for, on the owner's form: lines of words, an amount and a place."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField

from marketplace.core.money import Money
from marketplace.projects.uses import MOST_USES, Use
from marketplace.web.commune_field import CommuneField
from marketplace.web.fields import MoneyField, TrimmedField, refuse

# Lines that stand empty below the last written one, and how many are shown at least.
BLANK, LEAST_SHOWN = 2, 4
# Where a problem of the rules stands on a line.
_CONTROLS = {"label": "label", "cents": "amount"}


class UseForm(Form):  # type: ignore[misc]  # wtforms has no types
    """One line. What is missing is said when the campaign is sent."""

    label = TrimmedField(_l("À quoi sert l’argent"), render_kw={"autocomplete": "off"})
    amount = MoneyField(_l("Montant"))
    commune = CommuneField(_l("Commune où il sera dépensé"), render_kw={"autocomplete": "off"})

    def use(self) -> Use:
        """Return what is typed on the line."""
        amount: Money | None = self.amount.data
        return Use(self.label.data or "", amount.cents if amount else None, self.commune.data)


class UsesField(FieldList):  # type: ignore[misc]  # wtforms has no types
    """All the lines there may be; the page shows those that are written and a few more."""

    errors: list[Any]  # sentences about all the lines, and what is wrong on each of them

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(FormField(UseForm), label, min_entries=MOST_USES, max_entries=MOST_USES, **options)

    def _extract_indices(self, _prefix: str, _formdata: Iterable[str]) -> Iterator[int]:
        """Yield the numbers of the page's own lines, whatever was sent; each stays where it is."""
        yield from range(MOST_USES)

    def written(self) -> tuple[Use, ...]:
        """Return the lines on which something is typed."""
        return tuple(use for line in self for use in [line.form.use()] if use)

    def shown(self) -> list[FormField]:
        """Return the lines of the page."""
        last = max((number for number, line in enumerate(self, 1) if _typed(line.form)), default=0)
        return list(self.entries[: max(LEAST_SHOWN, last + BLANK)])

    def sentences(self) -> list[str]:
        """Return what is wrong with the lines together."""
        return [error for error in self.errors if not isinstance(error, Mapping)]

    def refuse(self, message: str, field: str) -> None:
        """Put the sentence of a problem at "uses" or on a line, at "uses-0-cents"."""
        _all, _, place = field.partition("-")
        if not place:
            self.errors = [*self.errors, message]
            return
        number, _, name = place.partition("-")
        refuse(self.entries[int(number)].form, message, _CONTROLS[name])
        self.errors = [*self.errors, {name: [message]}]


def values(uses: Iterable[Use]) -> list[dict[str, Any]]:
    """Return lines as the field opens on them."""
    return [
        {
            "label": use.label,
            "amount": None if use.cents is None else Money(use.cents),
            "commune": use.commune_code,
        }
        for use in uses
    ]


def _typed(form: UseForm) -> bool:
    return any(field._value() for field in form)  # noqa: SLF001  # what a field gives back, read or not
