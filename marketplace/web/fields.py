"""Fields of our own: money and dates as people type them, and how a refusal lands on a form."""

import re
from datetime import date
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, StringField, ValidationError
from wtforms.form import BaseForm
from wtforms.widgets import TextInput

from marketplace.core.money import Money, parse_amount
from marketplace.web.filters import in_english
from marketplace.web.messages import sentence

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?", re.ASCII)
_NUMBER = re.compile(r"(\d{1,6})\s?(?:%|km|jours?|days?|mois|personnes?|people)?", re.ASCII | re.IGNORECASE)
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$", re.ASCII)
_FRENCH = re.compile(r"^(\d{1,2})[ /.\-](\d{1,2})[ /.\-](\d{4})$", re.ASCII)


class Said:
    """Something was said here. code: of the refusal that would otherwise come one at a time."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __call__(self, _form: BaseForm, field: Field) -> None:
        """Let what was said pass. Raises ValidationError: nothing was."""
        if not (field.data or "").strip():
            raise ValidationError(sentence(self.code))


def filled(_form: BaseForm, field: Field) -> None:
    """Let what was said pass. Raises ValidationError, which names the field: nothing was."""
    if not (field.data or "").strip():
        raise ValidationError(_("Remplissez « %(field)s ».", field=field.label.text))


class _TypedField(Field):  # type: ignore[misc]  # wtforms has no types
    """A text input whose value is typed; what was typed comes back when it is refused."""

    raw_data: list[str] | None
    widget = TextInput()
    example = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        keywords = {"autocomplete": "off", **self.keywords, **(kwargs.pop("render_kw", None) or {})}
        super().__init__(*args, render_kw=keywords, **kwargs)

    keywords: dict[str, str] = {}  # noqa: RUF012  # a constant of each class

    def read(self, text: str) -> Any:
        """Read what was typed. Raises ValueError."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """Write a value as a person would type it."""
        raise NotImplementedError

    def refusal(self) -> str:
        """Return the sentence that says what to type instead."""
        raise NotImplementedError

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the field of a sent form; blank is None, so that `Optional` and `InputRequired` decide."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            self.raw_data = []
            return
        try:
            self.data = self.read(valuelist[0].strip())
        except ValueError:
            raise ValidationError(self.refusal()) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)


class MoneyField(_TypedField):
    """An amount of euros: "50", "12,50", "1 000 €" → `Money`; on a page in English "€1,000.50" as well."""

    keywords = {"inputmode": "decimal"}  # noqa: RUF012

    def read(self, text: str) -> Money:
        """Read an amount. Raises ValueError."""
        return parse_amount(_without_english_signs(text) if in_english() else text)

    def write(self, value: Money) -> str:
        """Write "50" or "12,50"; "12.50" in English."""
        return self.written(value)

    @staticmethod
    def written(value: Money) -> str:
        """Write an amount as the field reads it back."""
        euros, cents = divmod(value.cents, 100)
        return f"{euros}{'.' if in_english() else ','}{cents:02d}" if cents else str(euros)

    def refusal(self) -> str:
        """Say how to write an amount."""
        return str(_("Saisissez un montant en euros, par exemple 50 ou 12,50."))


def _without_english_signs(text: str) -> str:
    """Return an amount without the sign before it and the commas between thousands; "12,50" keeps its own."""
    bare = text.removeprefix("€").strip()
    return bare.replace(",", "") if _THOUSANDS.fullmatch(bare) else bare


class NumberField(_TypedField):
    """A whole number, its unit allowed after it: "20", "20 km", "60 %", "14 jours" → `int`."""

    keywords = {"inputmode": "numeric", "size": "6"}  # noqa: RUF012

    def read(self, text: str) -> int:
        """Read a number of six digits at most. Raises ValueError."""
        found = _NUMBER.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return int(found[1])

    def write(self, value: int) -> str:
        """Write the number alone."""
        return str(value)

    def refusal(self) -> str:
        """Say how to write a number."""
        return str(_("Saisissez un nombre entier, par exemple 14."))


# Others are slips of the hand, and near the ends of the calendar no day can be added or taken away.
_YEARS = range(1900, 2200)


class DateField(_TypedField):
    """A day: "31/12/2026" or "2026-12-31" → `date`."""

    keywords = {"inputmode": "numeric", "size": "12"}  # noqa: RUF012

    def read(self, text: str) -> date:
        """Read a day. Raises ValueError: another shape, a day that does not exist, or one of another age."""
        if found := _ISO.match(text):
            year, month, number = found.groups()
        elif found := _FRENCH.match(text):
            number, month, year = found.groups()
        else:
            raise ValueError(text)
        if int(year) not in _YEARS:
            raise ValueError(text)
        return date(int(year), int(month), int(number))

    def write(self, value: date) -> str:
        """Write "31/12/2026"."""
        return f"{value:%d/%m/%Y}"

    def refusal(self) -> str:
        """Say how to write a day."""
        return str(_("Saisissez une date, par exemple 31/12/2026."))


class TrimmedField(StringField):  # type: ignore[misc]  # wtforms has no types
    """One line of text without the spaces around it; inner runs of spaces become one."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read and trim."""
        self.data = " ".join(valuelist[0].split()) if valuelist else None


def refuse(form: BaseForm, message: str, field: str | None = None) -> None:
    """Put the sentence of a service's refusal on a field of the form, or on the form as a whole."""
    target = form[field] if field and field in form else None
    if target is None:
        form.form_errors.append(message)
    else:
        target.errors = [*target.errors, message]
