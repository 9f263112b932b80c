"""Naming a territory."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from marketplace.web.clean_form import CleanForm
from marketplace.web.fields import TrimmedField


class TerritoryForm(CleanForm):
    """A name, why it is a territory, and its communes, one on a line."""

    name = TrimmedField(_l("Nom du territoire"))
    note = TextAreaField(_l("Pourquoi ce territoire, et d’où vient la liste"))
    members = TextAreaField(_l("Communes et intercommunalités"))
