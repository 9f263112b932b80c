"""A moderator's answer: why, and what to do."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.web.clean_form import CleanForm
from marketplace.web.moderation.words import REASONS


class ReadForm(CleanForm):
    """What the moderator read, so that nothing else is decided on."""

    row_version = HiddenField()

    def read_version(self) -> int:
        """Return the row version the page showed; one that cannot be is 0, which nothing has."""
        text = str(self.row_version.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


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
