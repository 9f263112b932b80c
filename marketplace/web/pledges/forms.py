"""Forms of the pledge's path."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from marketplace.web.fields import MoneyField


class AmountForm(FlaskForm):  # type: ignore[misc]
    """Ask how much."""

    amount = MoneyField(
        _l("Montant en euros"), validators=[InputRequired(_l("Saisissez un montant en euros, par exemple 50."))]
    )


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """Read again, then go to the card page. form_key makes sending it twice one pledge."""

    amount = MoneyField(_l("Montant en euros"), validators=[InputRequired(_l("Saisissez un montant en euros."))])
    form_key = HiddenField()
    related = BooleanField(_l("Je fais partie de l’équipe du projet, de son conseil ou du foyer du porteur"))
    wait = HiddenField()
    understood = BooleanField(_l("J’ai compris"), validators=[InputRequired(_l("Cochez cette case pour continuer."))])
