"""Where somebody lives, asked without an account."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import InputRequired

from marketplace.web.commune_field import CommuneField


class WhereForm(FlaskForm):  # type: ignore[misc]
    """Ask where somebody lives."""

    commune = CommuneField(
        _l("Votre commune"),
        inhabited=True,
        validators=[InputRequired(_l("Saisissez votre commune ou votre code postal, par exemple Poitiers ou 86000."))],
    )
