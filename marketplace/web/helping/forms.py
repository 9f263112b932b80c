"""An offer of help, and an owner's answer: shape only."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, TextAreaField

from marketplace.web.clean_form import CleanForm


class OfferForm(CleanForm):
    """What one offers."""

    message = TextAreaField(_l("Ce que vous proposez"))
    named = BooleanField(_l("Mon nom peut figurer sur la page si le porteur accepte"))


class AnswerForm(CleanForm):
    """What an owner answers."""

    words = TextAreaField(_l("Votre réponse (facultative)"))
