"""Forms of organisations: shape only."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from marketplace.accounts.rules import MANDATE_REASONS, kind_of
from marketplace.residency.rules import PLACE_REASONS
from marketplace.web.clean_form import CleanForm
from marketplace.web.commune_field import CommuneField
from marketplace.web.fields import Said, TrimmedField
from marketplace.web.messages import sentence
from marketplace.web.organisations.words import CAPACITIES, LEGAL_FORMS, ROLES

_SWORN = _l("Cochez cette case pour déclarer ces informations sur l’honneur.")


def _choices(words: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(code, label) for code, label in words.items()]


def _commune_chosen(_form: CleanForm, field: CommuneField) -> None:
    if field.data is None and not field.errors:
        raise ValidationError(_("Saisissez le nom ou le code postal de la commune, par exemple 86000."))


class PlaceForm(CleanForm):
    """Where the seat is."""

    commune = CommuneField(_l("Commune du siège"), inhabited=True, validators=[_commune_chosen])
    siret = TrimmedField(_l("SIRET du siège"), validators=[Optional()], render_kw={"inputmode": "numeric"})
    sworn = BooleanField(
        _l("Je déclare sur l’honneur que ces informations sont exactes."), validators=[InputRequired(_SWORN)]
    )


class BranchForm(CleanForm):
    """An establishment."""

    commune = CommuneField(_l("Commune de l’établissement"), inhabited=True, validators=[_commune_chosen])
    siret = TrimmedField(_l("SIRET de l’établissement"), render_kw={"inputmode": "numeric"})
    sworn = BooleanField(
        _l("Je déclare sur l’honneur que l’organisation exerce son activité à cet endroit."),
        validators=[InputRequired(_SWORN)],
    )


class MembersForm(CleanForm):
    """How many members live in a commune."""

    commune = CommuneField(_l("Commune où habitent ces membres"), inhabited=True, validators=[_commune_chosen])
    members = StringField(_l("Nombre de membres, personnes physiques"), render_kw={"inputmode": "numeric"})
    sworn = BooleanField(
        _l("Je déclare sur l’honneur que ces personnes sont à jour de leur adhésion et habitent cette commune."),
        validators=[InputRequired(_SWORN)],
    )

    @property
    def number(self) -> int:
        """The number typed; 0 when it is none."""
        typed = "".join((self.members.data or "").split())
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 7 else 0


class OrganisationForm(CleanForm):
    """A new organisation: who it is, and where its seat is."""

    name = TrimmedField(
        _l("Nom de l’organisation"),
        validators=[Said("organisation_name_invalid")],
        render_kw={"autocomplete": "organization"},
    )
    legal_form = SelectField(
        _l("Forme juridique"),
        choices=[SelectChoice("", _l("Choisissez")), *_choices(LEGAL_FORMS)],
        validate_choice=False,
        validators=[Said("legal_form_missing")],
    )
    siren = TrimmedField(_l("SIREN, ou SIRET du siège"), render_kw={"inputmode": "numeric"})
    rna = TrimmedField(_l("Numéro RNA d’une association"), validators=[Optional()])
    commune = CommuneField(_l("Commune du siège"), inhabited=True, validators=[_commune_chosen])
    sworn = BooleanField(
        _l("Je déclare sur l’honneur que ces informations sont exactes."), validators=[InputRequired(_SWORN)]
    )

    def validate_siren(self, field: TrimmedField) -> None:
        """Ask for a number: a SIREN, or the RNA of an association."""
        if field.data or self.rna.data:
            return
        association = self.legal_form.data in LEGAL_FORMS and kind_of(self.legal_form.data) == "association"
        raise ValidationError(sentence("organisation_number_missing" if association else "siren_missing"))


class MandateForm(CleanForm):
    """What gives one the right to act."""

    capacity = RadioField(
        _l("À quel titre agissez-vous ?"),
        choices=_choices(CAPACITIES),
        validate_choice=False,
        validators=[Said("capacity_missing")],
    )
    function = TrimmedField(
        _l("Votre fonction"),
        validators=[Said("function_invalid")],
        render_kw={"autocomplete": "organization-title"},
    )
    sworn = BooleanField(
        _l("Je déclare sur l’honneur que je peux engager cette organisation."), validators=[InputRequired(_SWORN)]
    )


class InvitationForm(CleanForm):
    """Somebody to invite."""

    email = TrimmedField(
        _l("Adresse électronique"),
        validators=[InputRequired(_l("Saisissez l’adresse de la personne à inviter."))],
        render_kw={"type": "email", "autocomplete": "off"},
    )
    role = RadioField(_l("Son rôle"), choices=_choices(ROLES), default="member", validate_choice=False)


class ReasonForm(CleanForm):
    """Why an administrator says no. The person reads the same sentence."""

    reason = RadioField(_l("Motif"), validate_choice=False)

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__()
        self.reason.choices = [SelectChoice(code, sentence(code)) for code in codes]


def place_reasons() -> ReasonForm:
    """Return the form that turns a place down."""
    return ReasonForm(PLACE_REASONS)


def mandate_reasons() -> ReasonForm:
    """Return the form that turns a mandate down, or takes it back."""
    return ReasonForm(MANDATE_REASONS)
