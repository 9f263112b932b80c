"""A document, as its owner sends it."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField
from wtforms.fields import SelectChoice

from marketplace.web.clean_form import CleanForm
from marketplace.web.fields import TrimmedField
from marketplace.web.owner.words import DOCUMENTS


class DocumentForm(CleanForm):
    """A file, what it is, and who may read it. What is wrong with any of them is said by the services."""

    document = FileField(_l("Le document"), render_kw={"accept": "application/pdf"})
    title = TrimmedField(_l("Son titre"), render_kw={"autocomplete": "off"})
    kind = SelectField(
        _l("Ce que c’est"),
        choices=[SelectChoice("", _l("Choisissez")), *(SelectChoice(code, said) for code, said in DOCUMENTS.items())],
        validate_choice=False,
    )
    everybody = BooleanField(_l("Tout le monde peut le lire sur la page de la collecte"))
