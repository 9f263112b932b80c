"""A piece of news, as its owner writes it."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField

from marketplace.core.db import uuid7
from marketplace.web.clean_form import CleanForm


class NewsForm(CleanForm):
    """What is told. key: makes sending it twice one piece of news."""

    key = HiddenField()
    text = TextAreaField(_l("Donner des nouvelles à vos voisins"))

    @classmethod
    def empty(cls) -> "NewsForm":
        """Return the form as it opens."""
        form: NewsForm = cls(formdata=None, data={"key": str(uuid7())})
        return form

    def form_key(self) -> UUID:
        """Return the key the form was made with, a new one when it was lost."""
        try:
            return UUID(self.key.data or "")
        except ValueError:
            return uuid7()
