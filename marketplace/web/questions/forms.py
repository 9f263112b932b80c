"""Forms of questions and answers: shape only."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField

from marketplace.core.db import uuid7
from marketplace.web.clean_form import CleanForm


class QuestionForm(CleanForm):
    """What is asked. key: makes sending it twice one question."""

    key = HiddenField()
    text = TextAreaField(_l("Votre question"))

    @classmethod
    def empty(cls) -> "QuestionForm":
        """Return the form as it opens."""
        form: QuestionForm = cls(formdata=None, data={"key": str(uuid7())})
        return form

    def form_key(self) -> UUID:
        """Return the key the form was made with, a new one when it was lost."""
        try:
            return UUID(self.key.data or "")
        except ValueError:
            return uuid7()


class AnswerForm(CleanForm):
    """What an owner answers to one question; each on the page has names of its own."""

    text = TextAreaField(_l("Votre réponse, publique"))
