"""Who is asked about, how much, with what proof, on what day. Sent in the address: nothing in it names anybody."""

from datetime import datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from marketplace.core.clock import PARIS
from marketplace.locality.model import Investor, Link
from marketplace.territories.queries import Commune
from marketplace.web.clean_form import CleanForm
from marketplace.web.commune_field import CommuneField
from marketplace.web.fields import DateField, MoneyField, NumberField
from marketplace.web.why.words import KINDS, LEVELS

# How long an imagined proof is still valid.
_VALID = timedelta(days=1)
# The link that such an investor has, by kind. Of a public body, the commune itself.
_LINKS = {"person": "home", "sme": "seat", "association": "members", "public_body": "area"}


class WhyForm(CleanForm):
    """Everything may be left out but the commune."""

    class Meta(CleanForm.Meta):
        """Nothing is changed by asking: no token in the address."""

        csrf = False

    commune = CommuneField(_l("Commune"))
    nature = SelectField(
        _l("Qui s’engage"), choices=[SelectChoice(code, words) for code, words in KINDS.items()], default="person"
    )
    montant = MoneyField(_l("Montant"), validators=[Optional()])
    niveau = SelectField(
        _l("Adresse"), choices=[SelectChoice(code, words) for code, words in LEVELS.items()], default="1"
    )
    membres = NumberField(_l("Membres habitant cette commune"), validators=[Optional()])
    jour = DateField(_l("Jour"), validators=[Optional()])

    def moment(self, now: datetime) -> datetime:
        """Return the instant asked about: now, or noon in Paris of another day."""
        day = self.jour.data
        return now if day is None else datetime.combine(day, time(12), PARIS).astimezone(now.tzinfo)

    def investor(self, commune: Commune, at: datetime) -> Investor:
        """Return the investor that was described, who lives or sits in a commune."""
        kind = self.nature.data
        code = f"commune:{commune.code}" if kind == "public_body" else commune.code
        level = int(self.niveau.data) if kind == "person" else 3
        members = self.membres.data if kind == "association" and self.membres.data is not None else 1
        return Investor((Link(_LINKS[kind], code, level, at + _VALID, members),), kind=kind)
