"""Invented content for the style page, shaped like the rows of the real pages."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Email, InputRequired, Length, Optional

from marketplace.web.fields import DateField, MoneyField, TrimmedField
from marketplace.web.filters import money


@dataclass(frozen=True)
class Locality:
    """What the rule says of one reader."""

    tone: str
    text: LazyString


@dataclass(frozen=True)
class Card:
    """A campaign in a list."""

    url: str
    title: str
    summary: str
    instrument_label: LazyString
    legal_form_label: LazyString | None
    town_label: str
    sector: str
    raised_cents: int
    goal_cents: int
    threshold_cents: int
    backers: int
    days_left: int | None
    minimum_cents: int
    locality: Locality | None
    state_label: LazyString | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Place:
    """A point of the ring chart, kilometres east and north of its centre."""

    x: float
    y: float
    label: str
    weight: int = 1
    number: int | None = None


@dataclass(frozen=True)
class Event:
    """A line of a timeline."""

    at: datetime
    title: LazyString
    text: LazyString | None = None


CARDS = (
    Card(
        "#fournil",
        "Le Fournil du Clain rallume son four à bois",
        "Quatre salariés reprennent en Scop la boulangerie du bourg, avec des farines moulues à 12 km.",
        _l("Prêt sans intérêt"),
        _l("Scop"),
        "Ligugé (Vienne)",
        "alimentation",
        2_135_000,
        3_200_000,
        2_000_000,
        148,
        12,
        5_000,
        Locality("ok", _l("À 7 km — vous pouvez participer")),
    ),
    Card(
        "#roues",
        "L’Atelier des Deux Roues prend pignon sur rue",
        "Un local de 120 m² pour réparer, apprendre et revendre des vélos remis à neuf.",
        _l("Don"),
        _l("Association"),
        "Poitiers (Vienne)",
        "mobilite",
        1_148_000,
        1_200_000,
        900_000,
        97,
        3,
        1_000,
        Locality("ok", _l("Dans votre commune — vous pouvez participer")),
    ),
    Card(
        "#halte",
        "Une halte ferroviaire rouvre ses volets",
        "Des usagers du train rachètent l’ancienne halte : guichet, colis et café.",
        _l("Prêt sans intérêt"),
        _l("Scic"),
        "Saint-Maixent-l’École (Deux-Sèvres)",
        "mobilite",
        1_890_000,
        4_500_000,
        3_000_000,
        112,
        31,
        5_000,
        Locality("warn", _l("À 51 km — réservé aux habitants du Haut Val de Sèvre")),
    ),
    Card(
        "#serres",
        "Des serres pour manger local l’hiver",
        "Deux maraîchères agrandissent 600 m² de serres pour servir trois cantines.",
        _l("Prêt sans intérêt"),
        None,
        "Vouneuil-sous-Biard (Vienne)",
        "agriculture",
        1_500_000,
        1_500_000,
        1_000_000,
        61,
        None,
        2_000,
        Locality("plain", _l("À 5 km")),
        _l("Réussie"),
    ),
)

PLACES = (
    Place(0.4, 6.5, "Poitiers", 58),
    Place(2.4, 9.5, "Buxerolles", 21),
    Place(3.1, 4.2, "Saint-Benoît", 30),
    Place(-4.5, 10.0, "Migné-Auxances", 12),
    Place(-2.7, -12.0, "Vivonne", 9),
    Place(11.0, -6.0, "Nieuil-l’Espoir", 7),
)
HEARTH = tuple(replace(place, number=number) for number, place in enumerate(PLACES[:5], start=1))
BUDGET = (
    ("Four à bois, maçonnerie", 1_410_000, "Vivonne, 16 km"),
    ("Travaux du fournil", 860_000, "Ligugé, sur place"),
    ("Pétrin et balances", 610_000, "Cholet, 108 km"),
    ("Trésorerie de départ", 320_000, None),
)
NEWS = (
    Event(
        datetime(2026, 11, 21, 9, 30, tzinfo=UTC), _l("Le meunier est trouvé"), _l("Première fournée d’essai samedi.")
    ),
    Event(datetime(2026, 11, 9, 17, 0, tzinfo=UTC), _l("Le seuil de réussite est dépassé")),
)
CLOSES_AT = datetime(2026, 12, 4, 23, 0, tzinfo=UTC)


class SampleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Each kind of field once."""

    name = TrimmedField(
        _l("Nom du projet"),
        [InputRequired(_l("Donnez un nom au projet, par exemple « Le Fournil du Clain ».")), Length(max=80)],
    )
    email = EmailField(
        _l("Adresse électronique"),
        [InputRequired(), Email(_l("Saisissez une adresse complète, par exemple nadia@example.org."))],
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(_l("Mot de passe"), [Optional()], render_kw={"autocomplete": "new-password"})
    amount = MoneyField(_l("Montant de votre prêt"), [InputRequired(_l("Saisissez un montant, par exemple 50."))])
    end = DateField(_l("Dernier jour de la campagne"), [InputRequired()])
    instrument = RadioField(
        _l("Que proposez-vous aux habitants ?"),
        [InputRequired(_l("Choisissez un don ou un prêt."))],
        choices=[SelectChoice("gift", _l("Un don")), SelectChoice("loan", _l("Un prêt sans intérêt"))],
    )
    suggested = RadioField(
        _l("Votre participation"),
        choices=[
            SelectChoice("5000", LazyString(money, 50_00)),
            SelectChoice("10000", LazyString(money, 100_00)),
            SelectChoice("25000", LazyString(money, 250_00)),
            SelectChoice("other", _l("Autre")),
        ],
        default="10000",
    )
    zone = SelectField(
        _l("Qui peut participer ?"),
        choices=[
            SelectChoice("epci", _l("Les habitants de Grand Poitiers")),
            SelectChoice("near", _l("La Vienne et les départements voisins")),
        ],
    )
    story = TextAreaField(_l("Racontez votre projet"), [Length(max=4000)])
    phone = TrimmedField(_l("Téléphone"), [Optional()], render_kw={"autocomplete": "tel", "inputmode": "tel"})
    agreed = BooleanField(
        _l("J’ai compris que je peux perdre tout mon argent"), [InputRequired(_l("Cochez la case pour continuer."))]
    )


def refused_form() -> SampleForm:
    """Return the form as it comes back when nearly everything in it is wrong."""
    form = SampleForm(formdata=None, name="", email="nadia", amount=None, story="Le four est froid depuis 2009.")
    form.amount.raw_data = ["cent"]
    form.name.errors = [_l("Donnez un nom au projet, par exemple « Le Fournil du Clain ».")]
    form.email.errors = [_l("Saisissez une adresse complète, par exemple nadia@example.org.")]
    form.amount.errors = [_l("Saisissez un montant en euros, par exemple 50 ou 12,50.")]
    form.instrument.errors = [_l("Choisissez un don ou un prêt.")]
    form.agreed.errors = [_l("Cochez la case pour continuer.")]
    return form
