"""A photograph, as its owner sends it."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from marketplace.web.clean_form import CleanForm
from marketplace.web.fields import TrimmedField


class PhotoForm(CleanForm):
    """A file and what it shows. What is wrong with either is said by the services."""

    photo = FileField(_l("La photo"), render_kw={"accept": "image/jpeg,image/png,image/webp"})
    alt = TrimmedField(_l("Ce que montre la photo"), render_kw={"autocomplete": "off"})
