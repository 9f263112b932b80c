"""Forms of accounts: shape only. What was typed comes back, passwords excepted."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from marketplace.accounts.errors import AccountRefused
from marketplace.accounts.passwords import check_new
from marketplace.accounts.rules import clean_name, parse_email
from marketplace.web.commune_field import CommuneField
from marketplace.web.fields import TrimmedField
from marketplace.web.messages import sentence
from marketplace.web.residency.forms import commune_chosen

LANGUAGES = {"fr": "Français", "en": "English"}


def valid_email(_form: FlaskForm, field: StringField) -> None:
    """Refuse what is not an address."""
    try:
        parse_email(field.data or "")
    except ValueError:
        raise ValidationError(sentence("email_invalid")) from None


def valid_name(_form: FlaskForm, field: StringField) -> None:
    """Refuse an empty, endless or disguised name."""
    try:
        clean_name(field.data or "")
    except ValueError:
        raise ValidationError(sentence("display_name_invalid")) from None


def new_password(form: FlaskForm, field: PasswordField) -> None:
    """Refuse a password that is short or known. The address, when the form has one, must not be in it."""
    email = form["email"].data if "email" in form else getattr(form, "own_email", "")
    try:
        check_new(field.data or "", email=email or "")
    except AccountRefused as error:
        raise ValidationError(sentence(error.code, **error.facts)) from None


class EmailField(StringField):  # type: ignore[misc]  # wtforms has no types
    """An e-mail address. A text control, for browsers' own check refuses addresses that exist, in words of theirs."""

    def __init__(self, *args: Any, autocomplete: str = "email", **kwargs: Any) -> None:
        keywords = {
            "autocomplete": autocomplete,
            "inputmode": "email",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        super().__init__(*args, render_kw=keywords, **kwargs)


class NewPasswordField(PasswordField):  # type: ignore[misc]  # wtforms has no types
    """A password to be chosen; pasting one is welcome."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        asked = _l("Choisissez un mot de passe d’au moins 12 caractères.")
        super().__init__(
            label,
            validators=[InputRequired(asked), new_password],
            render_kw={"autocomplete": "new-password"},
            **kwargs,
        )


class SignUpForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Everything an account needs to begin with."""

    display_name = TrimmedField(
        _l("Votre nom, tel que les autres le verront"),
        validators=[InputRequired(_l("Saisissez votre nom, par exemple Camille D.")), valid_name],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _l("Votre adresse électronique"),
        validators=[InputRequired(_l("Saisissez votre adresse électronique.")), valid_email],
    )
    password = NewPasswordField(_l("Mot de passe"))
    commune = CommuneField(
        _l("La commune où vous habitez"),
        inhabited=True,
        validators=[commune_chosen],
    )
    sworn = BooleanField(
        _l("Je déclare sur l’honneur que ma résidence principale est dans cette commune."),
        validators=[InputRequired(_l("Cochez cette case pour déclarer votre commune sur l’honneur."))],
    )
    adult = BooleanField(
        _l("J’ai 18 ans ou plus."),
        validators=[
            InputRequired(_l("Il faut avoir 18 ans pour ouvrir un compte. Cochez cette case si c’est le cas."))
        ],
    )


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """An address and a password."""

    email = EmailField(
        _l("Adresse électronique"),
        autocomplete="username",
        validators=[InputRequired(_l("Saisissez votre adresse électronique."))],
    )
    password = PasswordField(
        _l("Mot de passe"),
        validators=[InputRequired(_l("Saisissez votre mot de passe."))],
        render_kw={"autocomplete": "current-password"},
    )


class ForgottenForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Where to send a link."""

    email = EmailField(
        _l("Adresse électronique de votre compte"),
        autocomplete="username",
        validators=[InputRequired(_l("Saisissez votre adresse électronique.")), valid_email],
    )


class ResetForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A new password, after a link. own_email: the address it must not be made of."""

    own_email = ""
    password = NewPasswordField(_l("Nouveau mot de passe"))


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A new password, after the present one. own_email: the address it must not be made of."""

    own_email = ""
    current_password = PasswordField(
        _l("Mot de passe actuel"),
        validators=[InputRequired(_l("Saisissez votre mot de passe actuel."))],
        render_kw={"autocomplete": "current-password"},
    )
    password = NewPasswordField(_l("Nouveau mot de passe"))


class ProfileForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What others see, and in which language we write."""

    display_name = TrimmedField(
        _l("Votre nom, tel que les autres le verront"),
        validators=[InputRequired(_l("Saisissez votre nom, par exemple Camille D.")), valid_name],
        render_kw={"autocomplete": "name"},
    )
    locale = SelectField(
        _l("Langue des pages et des courriels"),
        choices=[SelectChoice(value=code, label=name) for code, name in LANGUAGES.items()],
        validate_choice=False,
    )

    def validate_locale(self, field: SelectField) -> None:
        """Refuse a language we do not speak."""
        if field.data not in LANGUAGES:
            raise ValidationError(_l("Choisissez une des langues de la liste."))
