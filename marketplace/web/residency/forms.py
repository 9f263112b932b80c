"""Forms of residence: shape only."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from marketplace.residency.rules import REFUSAL_REASONS
from marketplace.web.commune_field import CommuneField
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


class RenewalForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The same commune, stated again."""

    sworn = BooleanField(
        _l("Je déclare sur l’honneur que ma résidence principale est toujours dans cette commune."),
        validators=[InputRequired(_SWORN)],
    )


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
