"""Forms of the pledge's path."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from marketplace.web.fields import MoneyField
from marketplace.web.labels import SHOWN_AS
from marketplace.web.messages import sentence


class AmountForm(FlaskForm):  # type: ignore[misc]
    """Ask how much."""

    amount = MoneyField(
        _l("Montant en euros"), validators=[InputRequired(_l("Saisissez un montant en euros, par exemple 50."))]
    )


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """Read again, then go to the card page. form_key makes sending it twice one pledge.

    *_words: digest of the words that the box beside it stands for. organisation: whose pledge it is, empty for one's
    own. shown_as: nothing is shown of who says nothing.
    """

    amount = MoneyField(_l("Montant en euros"), validators=[InputRequired(_l("Saisissez un montant en euros."))])
    form_key = HiddenField()
    related = BooleanField(_l("Je fais partie de l’équipe du projet, de son conseil ou du foyer du porteur"))
    wait = HiddenField()
    organisation = HiddenField()
    shown_as = RadioField(
        _l("Sur la page de la collecte, montrer"),
        choices=[SelectChoice(value=value, label=words) for value, words in SHOWN_AS.items()],
        default="nothing",
        validate_choice=False,
    )
    reward = RadioField(_l("Votre contrepartie"), choices=[], default="", validate_choice=False)
    understood = BooleanField(_l("J’ai compris"), validators=[InputRequired(_l("Cochez cette case pour continuer."))])
    understood_words = HiddenField()
    consent = BooleanField(_l("Je confirme en connaissance de cause"))
    consent_words = HiddenField()

    def validate_shown_as(self, field: RadioField) -> None:
        """Refuse what is no choice of ours."""
        field.data = field.data or "nothing"
        if field.data not in SHOWN_AS:
            raise ValidationError(sentence("shown_as_unknown"))

    @property
    def chosen_reward(self) -> int | None:
        """The number of the reward that is chosen, None for none."""
        text = self.reward.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None

    @property
    def read(self) -> list[str]:
        """The digests of the words that were agreed to."""
        boxes = ((self.understood, self.understood_words), (self.consent, self.consent_words))
        return [words.data for box, words in boxes if box.data and words.data]


class ChangeForm(FlaskForm):  # type: ignore[misc]
    """Another amount for a pledge that stands, with express consent where it calls for it."""

    amount = MoneyField(
        _l("Nouveau montant en euros"), validators=[InputRequired(_l("Saisissez un montant en euros, par exemple 50."))]
    )
    consent = BooleanField(_l("Je confirme en connaissance de cause"))
    consent_words = HiddenField()
