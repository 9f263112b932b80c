"""Forms of residence: shape only."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from marketplace.residency.rules import REFUSAL_REASONS, REVOCATION_REASONS
from marketplace.web.clean_form import CleanForm
from marketplace.web.commune_field import CommuneField
from marketplace.web.fields import TrimmedField, filled
from marketplace.web.messages import sentence

_SWORN = _l("Cochez cette case pour déclarer votre commune sur l’honneur.")


def commune_chosen(_form: FlaskForm, field: CommuneField) -> None:
    """Refuse a commune field that holds nothing, spaces included."""
    if field.data is None and not field.errors:
        raise ValidationError(_("Saisissez le nom ou le code postal de votre commune, par exemple 86000."))


class ResidenceForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A commune and a statement on one's honour."""

    commune = CommuneField(_l("La commune où vous habitez"), inhabited=True, validators=[commune_chosen])
    sworn = BooleanField(
        _l("Je déclare sur l’honneur que ma résidence principale est dans cette commune."),
        validators=[InputRequired(_SWORN)],
    )


class WorkForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A commune to work in, and a statement on one's honour."""

    commune = CommuneField(_l("La commune où vous travaillez"), inhabited=True, validators=[commune_chosen])
    sworn = BooleanField(
        _l("Je déclare sur l’honneur que je travaille dans cette commune."),
        validators=[InputRequired(_SWORN)],
    )


class RenewalForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The same commune, stated again."""

    sworn = BooleanField(
        _l("Je déclare sur l’honneur que ma résidence principale est toujours dans cette commune."),
        validators=[InputRequired(_SWORN)],
    )


class ProofForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A document. answer: which button was pressed, "code" or "personne"."""

    file = FileField(
        _l("Votre justificatif"),
        validators=[FileRequired(_l("Choisissez un fichier PDF, JPEG ou PNG, de 5 Mo au plus."))],
        render_kw={"accept": "application/pdf,image/jpeg,image/png"},
    )
    hand_over = BooleanField(_l("Si le code ne suffit pas, envoyer aussitôt ce document à un administrateur."))
    by_two = BooleanField(
        _l("Je veux pouvoir engager plus de 5 000 € en douze mois : deux administrateurs doivent regarder.")
    )
    answer = HiddenField()

    @property
    def wants_a_person(self) -> bool:
        """Whether the document goes to an administrator at once."""
        return bool(self.answer.data == "personne")


class LetterForm(CleanForm):
    """Where a letter goes. Deleted as soon as it is in the post."""

    name = TrimmedField(
        _l("Votre nom, tel que sur la boîte aux lettres"), validators=[filled], render_kw={"autocomplete": "name"}
    )
    street = TrimmedField(_l("Numéro et rue"), validators=[filled], render_kw={"autocomplete": "address-line1"})
    more = TrimmedField(
        _l("Appartement, bâtiment, lieu-dit"), validators=[Optional()], render_kw={"autocomplete": "address-line2"}
    )
    postcode = TrimmedField(
        _l("Code postal"),
        validators=[filled],
        render_kw={"autocomplete": "postal-code", "inputmode": "numeric", "size": "6"},
    )


class CodeForm(CleanForm):
    """The code of a letter."""

    code = TrimmedField(
        _l("Code de la lettre"),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "size": "12"},
    )


class RevocationForm(CleanForm):
    """Why a residence is taken back. The person reads the same sentence."""

    reason = RadioField(_l("Motif de la révocation"), validate_choice=False)

    def __init__(self) -> None:
        super().__init__()
        self.reason.choices = [SelectChoice(code, sentence(code)) for code in REVOCATION_REASONS]


class RefusalForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why a proof does not do. The person reads the same sentence."""

    reason = RadioField(_l("Motif du refus"), validate_choice=False)

    def __init__(self) -> None:
        super().__init__()
        self.reason.choices = [SelectChoice(value=code, label=sentence(code)) for code in REFUSAL_REASONS]

    def validate_reason(self, field: RadioField) -> None:
        """Refuse none, or one of somebody's own making."""
        if field.data not in REFUSAL_REASONS:
            raise ValidationError(sentence("refusal_reason_unknown"))
