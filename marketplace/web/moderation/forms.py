"""A moderator's answer: why, and what to do."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.web.clean_form import CleanForm
from marketplace.web.fields import MoneyField, TrimmedField
from marketplace.web.moderation.words import REASONS

RINGS = {0: _l("du premier cercle"), 1: _l("des deux premiers cercles"), 2: _l("des trois premiers cercles")}


class ReadForm(CleanForm):
    """What the moderator read, so that nothing else is decided on."""

    row_version = HiddenField()

    def read_version(self) -> int:
        """Return the row version the page showed; one that cannot be is 0, which nothing has."""
        text = str(self.row_version.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


class PublishForm(ReadForm):
    """Publish, perhaps with a fund that adds to money from here."""

    fund_fund = TrimmedField(_l("Fonds ou collectivité qui abonde"))
    fund_ring = SelectField(
        _l("Argent abondé"),
        choices=[SelectChoice(str(ring), label) for ring, label in RINGS.items()],
        validate_choice=False,
    )
    fund_percent = StringField(_l("Pour cent ajoutés"), render_kw={"inputmode": "numeric", "size": "6"})
    fund_per_person = MoneyField(_l("Au plus, par personne"), validators=[Optional()])
    fund_total = MoneyField(_l("Au plus, en tout"), validators=[Optional()])

    def fund(self) -> dict[str, Any] | None:
        """Return the fund as the rule has it, None when nothing was typed about one; what is missing is left out."""
        typed = {
            "fund": self.fund_fund.data or None,
            "percent": _number(self.fund_percent.data),
            "per_person_cents": self.fund_per_person.data and self.fund_per_person.data.cents,
            "total_cents": self.fund_total.data and self.fund_total.data.cents,
        }
        said = {name: value for name, value in typed.items() if value is not None}
        return {**said, "ring": _number(self.fund_ring.data)} if said else None


def _number(text: str | None) -> int | str | None:
    """Return a number; what is none as it was typed, for the rule to refuse; None for nothing."""
    bare = (text or "").strip().removesuffix("%").strip()
    return int(bare) if bare.isascii() and bare.isdecimal() and len(bare) < 6 else bare or None


class ReasonsField(SelectMultipleField):  # type: ignore[misc]  # wtforms has no types
    """Boxes to tick among the reasons; one that is not in the list is left to the service to refuse."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args,
            choices=[SelectChoice(code, label) for code, label in REASONS.items()],
            validate_choice=False,
            **kwargs,
        )


class AnswerForm(ReadForm):
    """Send back, or refuse."""

    reasons = ReasonsField(_l("Motifs"))
    note = TextAreaField(_l("Ce que le porteur doit savoir"))

    def __init__(self, *args: Any, prefix: str = "", **kwargs: Any) -> None:
        super().__init__(*args, prefix=prefix, **kwargs)
        self.word = prefix
