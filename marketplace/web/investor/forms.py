"""Forms of investors: shape only."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from marketplace.investors.rules import REFUSAL_REASONS
from marketplace.protection.sophisticated import OrganisationFacts, PersonFacts
from marketplace.web.fields import MoneyField
from marketplace.web.investor.words import KNOWLEDGE, PROFILE, Asked
from marketplace.web.messages import sentence

_MANY = 9_999


def _questions(asked: Mapping[str, Asked], *, must: bool) -> type[FlaskForm]:
    """Return a form with one choice for each question. must: every one is to be answered."""
    fields: dict[str, Any] = {
        code: RadioField(
            words.question,
            choices=[SelectChoice(value=value, label=label) for value, label in words.options.items()],
            validators=[InputRequired(_l("Répondez à la question %(number)s.", number=number))]
            if must
            else [Optional()],
            validate_choice=not must,
        )
        for number, (code, words) in enumerate(asked.items(), 1)
    }
    return type("QuestionsForm", (FlaskForm,), fields)


KnowledgeForm = _questions(KNOWLEDGE, must=True)
ProfileForm = _questions(PROFILE, must=False)


class WarningForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The warning was read."""

    read = BooleanField(
        _l("J’ai reçu et compris cet avertissement"),
        validators=[InputRequired(_l("Cochez cette case pour continuer."))],
    )
    words = HiddenField()


class ResultForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The result of a simulation, or that one was made and is kept to oneself. Nothing else ever comes here."""

    share = RadioField(
        _l("Voulez-vous nous dire le résultat ?"),
        choices=[
            SelectChoice(value="no", label=_l("Non, je le garde pour moi")),
            SelectChoice(value="yes", label=_l("Oui, seulement le résultat")),
        ],
        validators=[InputRequired(_l("Choisissez si vous nous dites le résultat."))],
    )
    result = MoneyField(_l("Ma capacité à supporter des pertes, en euros"))
    seen = BooleanField(
        _l("J’ai vu le résultat de ma simulation"),
        validators=[InputRequired(_l("Cochez cette case une fois le résultat lu."))],
    )

    def validate_result(self, field: MoneyField) -> None:
        """Ask for the result of whoever wants to tell it."""
        if self.share.data == "yes" and field.data is None and not field.errors:
            raise ValidationError(_l("Saisissez le résultat en euros, par exemple 1 700."))


class CategoryForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What somebody agrees to who asks for less protection. *_words: digest of the words of the box beside it."""

    warned = BooleanField(
        _l("J’ai compris ce que je perds"),
        validators=[InputRequired(_l("Cochez la case « J’ai compris ce que je perds »."))],
    )
    liable = BooleanField(
        _l("J’atteste remplir les critères"),
        validators=[InputRequired(_l("Cochez la case « J’atteste remplir les critères »."))],
    )
    warning_words = HiddenField()
    liability_words = HiddenField()

    def facts(self) -> PersonFacts | OrganisationFacts:
        """Return what was said, for the rule to judge."""
        raise NotImplementedError


class UpToMany:
    """A count of things. `NumberRange` would not do: it fails on what no float can hold."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: FlaskForm, field: IntegerField) -> None:
        """Let a likely count pass. Raises ValidationError: fewer than none, or too many to be true."""
        if field.data is not None and not 0 <= field.data <= _MANY:
            raise ValidationError(self.message)


class PersonForm(CategoryForm):
    """What somebody says of their means and experience. The figures are not kept."""

    income = MoneyField(_l("Revenu brut annuel, en euros"), validators=[Optional()])
    portfolio = MoneyField(_l("Portefeuille financier, comptes compris, en euros"), validators=[Optional()])
    finance_months = IntegerField(
        _l("Mois de métier dans la finance"),
        validators=[Optional(), UpToMany(_l("Saisissez un nombre de mois, par exemple 18."))],
    )
    executive_months = IntegerField(
        _l("Mois à la direction d’une entreprise elle-même avertie"),
        validators=[Optional(), UpToMany(_l("Saisissez un nombre de mois, par exemple 18."))],
    )
    transactions = IntegerField(
        _l("Opérations importantes sur les marchés, sur les quatre derniers trimestres"),
        validators=[Optional(), UpToMany(_l("Saisissez un nombre d’opérations, par exemple 40."))],
    )

    def facts(self) -> PersonFacts:
        """Return what was said, for the rule to judge."""
        return PersonFacts(
            income_cents=_cents(self.income),
            portfolio_cents=_cents(self.portfolio),
            finance_months=self.finance_months.data or 0,
            executive_months=self.executive_months.data or 0,
            transactions=self.transactions.data or 0,
        )


class OrganisationForm(CategoryForm):
    """What an organisation's last accounts say. The figures are not kept."""

    own_funds = MoneyField(_l("Fonds propres, en euros"), validators=[Optional()])
    turnover = MoneyField(_l("Chiffre d’affaires net, en euros"), validators=[Optional()])
    balance_sheet = MoneyField(_l("Total du bilan, en euros"), validators=[Optional()])

    def facts(self) -> OrganisationFacts:
        """Return what was said, for the rule to judge."""
        return OrganisationFacts(
            own_funds_cents=_cents(self.own_funds),
            turnover_cents=_cents(self.turnover),
            balance_sheet_cents=_cents(self.balance_sheet),
        )


def _cents(field: MoneyField) -> int:
    return field.data.cents if field.data is not None else 0


class RefusalForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why a request is turned down. The person reads the same sentence."""

    reason = RadioField(_l("Motif du refus"), validate_choice=False)

    def __init__(self) -> None:
        super().__init__()
        self.reason.choices = [SelectChoice(value=code, label=sentence(code)) for code in REFUSAL_REASONS]

    def validate_reason(self, field: RadioField) -> None:
        """Refuse none, or one of somebody's own making."""
        if field.data not in REFUSAL_REASONS:
            raise ValidationError(sentence("refusal_reason_unknown"))
