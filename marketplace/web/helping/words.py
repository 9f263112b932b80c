"""What the states of an offer of help are called: tone of the badge, words."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

STATES: Mapping[str, tuple[str, LazyString]] = {
    "offered": ("info", _l("Réponse attendue")),
    "accepted": ("ok", _l("Acceptée")),
    "declined": ("plain", _l("Déclinée")),
}
