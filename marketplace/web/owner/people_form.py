"""Who owns a project with one, and which organisation carries it: shape only."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from marketplace.accounts.organisation_queries import Acting
from marketplace.web.clean_form import CleanForm
from marketplace.web.fields import TrimmedField
from marketplace.web.owner.words import OWNER_ROLES

# The choice of a person rather than an organisation.
MYSELF = "personne"


class OwnerForm(CleanForm):
    """Somebody to invite."""

    email = TrimmedField(
        _l("Adresse électronique"),
        validators=[InputRequired(_l("Saisissez l’adresse de la personne à inviter."))],
        render_kw={"type": "email", "autocomplete": "off"},
    )
    role = RadioField(
        _l("Ce qu’elle pourra faire"),
        choices=[SelectChoice(code, label) for code, label in OWNER_ROLES.items()],
        default="editor",
        validate_choice=False,
    )


class CarrierForm(CleanForm):
    """Who carries the project."""

    organisation = RadioField(_l("Qui porte ce projet ?"), validate_choice=False)

    @classmethod
    def among(cls, acting: Iterable[Acting], *, person: str, chosen: str | None = None) -> "CarrierForm":
        """Return the form with the organisations somebody may give a project to. chosen: what stands now."""
        form: CarrierForm = cls() if chosen is None else cls(formdata=None, data={"organisation": chosen})
        form.organisation.choices = [
            SelectChoice(MYSELF, person),
            *(SelectChoice(str(one.organisation.id), one.organisation.name) for one in acting),
        ]
        return form
