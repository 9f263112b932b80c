"""Forms of admissions: shape only."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, TextAreaField

from marketplace.web.clean_form import CleanForm
from marketplace.web.fields import TrimmedField


class PledgesField(SelectMultipleField):  # type: ignore[misc]  # wtforms has no types
    """Boxes to tick, one for each subscription; what is none of the list is left to the service."""

    def pre_validate(self, _form: object) -> None:
        """Let everything pass."""


class AdmitForm(CleanForm):
    """Who is admitted, and among which members."""

    pledges = PledgesField(_l("Les personnes admises"), choices=[])
    college = TrimmedField(_l("Leur catégorie d’associés"), render_kw={"autocomplete": "off"})

    def chosen(self) -> set[UUID]:
        """Return the subscriptions that were ticked; what names none is left out."""
        return {found for text in self.pledges.data or () for found in [_read(text)] if found is not None}


class RefusalForm(CleanForm):
    """Why somebody is not admitted."""

    reason = TextAreaField(_l("Pourquoi cette personne n’est pas admise"))


def _read(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
