"""The owner's rule on a form: a preset with its figures or circles of one's own. Shape only; nothing needs a script.

What does not concern the choice made is given back as it was typed and not read.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from marketplace.locality.composed import MOST_COMMUNES, QUOTAS, QuotaChoice, RingChoice
from marketplace.locality.limits import LEVEL_1_CAP
from marketplace.locality.presets import Options
from marketplace.locality.rule import MOST_RINGS, RELATED_PERCENT
from marketplace.territories import named
from marketplace.territories import queries as territories
from marketplace.territories.geography import geography
from marketplace.web.clean_form import CleanForm
from marketplace.web.context import reading
from marketplace.web.fields import MoneyField, NumberField
from marketplace.web.labels import PRESETS
from marketplace.web.messages import sentence
from marketplace.web.rule_labels import PROOFS, WIDER, ZONES

_NONE = SelectChoice("", _l("Choisissez"))
_AUTHOR = re.compile(r"rings-(\d)-\w+", re.ASCII)
# Lines that a refusal names; the others are found when these are mended.
_MOST_FAULTS = 5


class MayWait(Optional):  # type: ignore[misc]  # wtforms has no types
    """Let a field be empty for now, without calling it optional."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags: dict[str, Any] = {}


def choices(words: Any) -> list[SelectChoice]:
    """Return the choices of a field: code and words."""
    return [SelectChoice(code, label) for code, label in words.items()]


def chosen(field: SelectField) -> str | None:
    """Return the choice made, None for none and for one that is not offered."""
    return next((str(choice.value) for choice in field.choices if choice.value and choice.value == field.data), None)


class CommunesField(TextAreaField):  # type: ignore[misc]  # wtforms has no types
    """Communes, one on a line; an intercommunality stands for all of its own.

    After `look_up`, codes: those that could be read; fault: what is the matter with the other lines.
    """

    codes: tuple[str, ...] = ()
    fault: str = ""
    _read: bool = False

    def look_up(self) -> None:
        """Read the lines, once."""
        if self._read:
            return
        self._read = True
        if len((self.data or "").splitlines()) > named.MOST_LINES:
            self.fault = sentence("rule_communes_too_many", most=MOST_COMMUNES)
            return
        with reading() as session:
            members, faults = named.read_lines(session, self.data or "")
            units = geography(session).units
        self.codes = tuple(
            sorted({code for kind, name in members for code in ((name,) if kind == "commune" else units[kind, name])})
        )
        self.fault = " ".join(map(_fault, faults[:_MOST_FAULTS]))


def _fault(fault: named.Fault) -> str:
    facts = {"line": fault.line, "typed": fault.typed}
    if fault.candidates:
        return sentence("projet_line_ambiguous", **facts, candidates=fault.candidates)
    return sentence("projet_line_unknown", **facts)


def lines_of(codes: Sequence[str]) -> str:
    """Return communes as `CommunesField` reads them back."""
    if not codes:
        return ""
    with reading() as session:
        found = territories.communes(session, codes)
    return "\n".join(f"{found[code].name} – {code}" if code in found else code for code in codes)


class RingList(FieldList):  # type: ignore[misc]  # wtforms has no types
    """The circles; a number that no form of ours writes is left alone."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        del prefix
        for name in formdata:
            if found := _AUTHOR.fullmatch(name):
                yield int(found[1])


class RingForm(Form):  # type: ignore[misc]  # wtforms has no types
    """One circle."""

    zone = SelectField(_l("Qui est dans ce cercle"), choices=[_NONE, *choices(ZONES)], validators=[MayWait()])
    radius_km = NumberField(_l("Rayon, en kilomètres"), validators=[MayWait()])
    communes = CommunesField(_l("Communes, une par ligne"))
    territory = SelectField(_l("Territoire de projet"), validate_choice=False)
    neighbours = BooleanField(_l("Ajouter les communes qui touchent celle du projet"))
    proof = SelectField(_l("Justificatif demandé"), choices=choices(PROOFS), validators=[MayWait()])
    cap = MoneyField(_l("Au plus, par personne"), validators=[Optional()])
    minimum = MoneyField(_l("Au moins, par personne"), validators=[Optional()])
    opens_after = NumberField(_l("Ouvre après"), validators=[Optional()])

    def choice(self) -> RingChoice:
        """Return what was typed; what the zone does not need is left out."""
        zone = chosen(self.zone) or ""
        return RingChoice(
            zone=zone,
            radius_km=self.radius_km.data if zone == "radius" else None,
            communes=self.communes.codes if zone == "communes" else (),
            projet=project_id(self.territory) if zone == "projet" else None,
            neighbours=bool(self.neighbours.data),
            proof=int(chosen(self.proof) or 1),
            cap_cents=cents(self.cap),
            minimum_cents=cents(self.minimum),
            opens_after=self.opens_after.data or None,
        )


class QuotaForm(Form):  # type: ignore[misc]  # wtforms has no types
    """What every quota has: the circle it favours."""

    ring = SelectField(_l("Pour qui"), choices=[], validate_choice=False)

    def ring_number(self) -> int | None:
        """Return the circle, from 0."""
        text = str(self.ring.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) == 1 else None


class ShareForm(QuotaForm):
    """The least that must come from a circle."""

    percent = NumberField(_l("Part minimale, en pour cent"), validators=[Optional()])


class ReserveForm(QuotaForm):
    """An amount kept for a circle."""

    amount = MoneyField(_l("Montant gardé"), validators=[Optional()])
    days = NumberField(_l("Pendant, en jours"), validators=[Optional()])


class CeilingForm(QuotaForm):
    """The most that may come from beyond a circle."""

    amount = MoneyField(_l("Au plus, venu de plus loin"), validators=[Optional()])


class PeopleForm(QuotaForm):
    """How many people of a circle it takes."""

    people = NumberField(_l("Nombre de personnes"), validators=[Optional()])


class RuleForm(CleanForm):
    """A preset and its figures, or circles. What is on the form but does not concern the choice is not read."""

    rule_preset = RadioField(_l("Qui peut participer"), choices=choices(PRESETS), validators=[MayWait()])
    radius_km = NumberField(_l("Rayon, en kilomètres"), validators=[MayWait()])
    communes = CommunesField(_l("Communes, une par ligne"))
    territory = SelectField(_l("Territoire de projet"), validate_choice=False)
    neighbours = BooleanField(_l("Ajouter les communes qui touchent celle du projet"))
    wider = SelectField(_l("Qui peut rejoindre ensuite"), choices=choices(WIDER), validators=[MayWait()])
    first_days = NumberField(_l("Les plus proches restent seuls pendant"), validators=[Optional()])
    min_share = NumberField(_l("Part minimale d’ici"), validators=[Optional()])
    cap = MoneyField(_l("Au plus, par personne d’ici"), validators=[Optional()])
    wider_cap = MoneyField(_l("Au plus, par personne de plus loin"), validators=[Optional()])
    reserve = MoneyField(_l("Montant gardé à ceux d’ici"), validators=[Optional()])
    reserve_days = NumberField(_l("Ce montant est gardé pendant"), validators=[Optional()])
    min_people = NumberField(_l("Nombre minimal de personnes d’ici"), validators=[Optional()])
    proof = SelectField(_l("Justificatif demandé à ceux d’ici"), choices=choices(PROOFS), validators=[MayWait()])
    related_percent = NumberField(_l("Part de l’équipe et de ses proches, au plus"), validators=[Optional()])
    most_declared = LEVEL_1_CAP
    workers = BooleanField(_l("Les personnes qui travaillent ici comptent aussi"))
    people_only = BooleanField(_l("Seulement des personnes"))
    rings = RingList(FormField(RingForm), max_entries=MOST_RINGS)
    min_share_quota = FormField(ShareForm, _l("Part minimale d’un cercle"))
    reserve_quota = FormField(ReserveForm, _l("Montant gardé à un cercle"))
    ceiling_quota = FormField(CeilingForm, _l("Limite pour ceux de plus loin"))
    min_people_quota = FormField(PeopleForm, _l("Nombre de personnes d’un cercle"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with reading() as session:
            usable = [one for one in named.listed(session) if one.retired_at is None]
        self.any_projet = bool(usable)
        offered = [_NONE, *(SelectChoice(str(one.id), one.name) for one in usable)]
        circles = [_NONE, *(SelectChoice(str(number), _up_to(number)) for number in range(len(self.rings)))]
        for field in (self.territory, *(ring.form.territory for ring in self.rings)):
            field.choices = offered
        for _kind, quota in self.quota_forms():
            quota.ring.choices = circles

    def quota_forms(self) -> Iterator[tuple[str, Any]]:
        """Yield each quota's kind and form."""
        for kind in QUOTAS:
            yield kind, self[f"{kind}_quota"].form

    def _lists(self) -> Iterator[CommunesField]:
        """Yield the lists of communes that the choice made needs."""
        if self.rings.entries:
            yield from (ring.form.communes for ring in self.rings if ring.form.zone.data == "communes")
        elif self.rule_preset.data == "communes":
            yield self.communes

    def more_open(self) -> bool:
        """Tell whether what is folded away on the form holds something to see."""
        if self.rings.entries:
            quotas = any(True for _quota in self._quotas()) or any(form.errors for _kind, form in self.quota_forms())
            return quotas or bool(self.workers.data or self.people_only.data)
        typed = (
            *(self.first_days, self.min_share, self.reserve, self.reserve_days, self.cap, self.wider_cap),
            self.min_people,
        )
        boxes = dict.fromkeys((self.neighbours, self.workers, self.people_only), False)
        usual = {self.wider: "", **boxes, self.proof: "1", self.related_percent: RELATED_PERCENT}
        return any(one.errors or one.raw_data or one.data is not None for one in typed) or any(
            one.errors or one.data not in {None, "", value} for one, value in usual.items()
        )

    def check_rule(self) -> None:
        """Check the shape of the rule alone, and look communes up."""
        for name, field in self._fields.items():
            if hasattr(RuleForm, name):
                field.validate(self)
        self.look_up()

    def look_up(self) -> bool:
        """Read the lists of communes that the choice made needs; tell whether all of them could be."""
        self.find_communes()
        faults = [(field, field.fault) for field in self._lists() if field.fault]
        for field, fault in faults:
            field.errors = [*field.errors, fault]
        self.gather_errors()
        return not faults

    def find_communes(self) -> None:
        """Read the lists of communes that the choice made needs, without a word about what cannot be read."""
        for field in self._lists():
            field.look_up()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape of everything, and look communes up."""
        fine = bool(super().validate(extra_validators))
        return self.look_up() and fine

    def gather_errors(self) -> None:
        """Let the list of circles know what was put at their fields."""
        found = [ring.errors for ring in self.rings]
        self.rings.errors = found if any(found) else []

    def options(self) -> Options:
        """Return what was typed about the rule."""
        related = self.related_percent.data
        always: dict[str, Any] = {
            "related_percent": None if related == RELATED_PERCENT else related,
            "workers": bool(self.workers.data),
            "people_only": bool(self.people_only.data),
        }
        if self.rings.entries:
            rings = tuple(ring.form.choice() for ring in self.rings)
            return Options(**always, rings=rings, quotas=tuple(self._quotas()))
        preset = self.rule_preset.data
        return Options(
            radius_km=self.radius_km.data if preset == "radius" else None,
            communes=self.communes.codes if preset == "communes" else (),
            projet=project_id(self.territory) if preset == "projet" else None,
            neighbours=bool(self.neighbours.data) and preset != "local_first",
            wider="" if preset == "local_first" else chosen(self.wider) or "",  # type: ignore[arg-type]  # of WIDER
            first_days=self.first_days.data,
            min_share=self.min_share.data,
            cap_cents=cents(self.cap),
            wider_cap_cents=cents(self.wider_cap),
            reserve_cents=cents(self.reserve),
            reserve_days=self.reserve_days.data,
            min_people=self.min_people.data,
            proof=int(chosen(self.proof) or 1),
            **always,
        )

    def _quotas(self) -> Iterator[QuotaChoice]:
        for kind, form in self.quota_forms():
            figures = {
                "percent": form.percent.data if "percent" in form else None,
                "amount_cents": cents(form.amount) if "amount" in form else None,
                "days": form.days.data if "days" in form else None,
                "people": form.people.data if "people" in form else None,
            }
            if any(value is not None for value in figures.values()):
                yield QuotaChoice(kind, ring=form.ring_number(), **figures)


def cents(field: MoneyField) -> int | None:
    """Return an amount that was typed, None when there is none."""
    return None if field.data is None else int(field.data.cents)


def project_id(field: SelectField) -> str | None:
    """Return the id of a named territory, None for what cannot be one."""
    try:
        return str(UUID(str(field.data or "")))
    except ValueError:
        return None


def _up_to(number: int) -> str:
    if number == 0:
        return _("Le cercle 1")
    return _("Les cercles 1 à %(last)s", last=number + 1)


# Where a problem of the rule stands on the form, when it is not under its own name.
_NAMES = {
    "projet": "territory",
    "cap_cents": "cap",
    "minimum_cents": "minimum",
    "wider_cap_cents": "wider_cap",
    "reserve_cents": "reserve",
}
_QUOTA_NAMES = {"amount_cents": "amount"}


def field_of(form: RuleForm, path: str) -> Any:
    """Return the field that a problem of the rule is at: "radius_km", "rings-1-cap_cents", "reserve-amount_cents"."""
    first, _dash, rest = path.partition("-")
    if first in QUOTAS and rest:
        return _called(form[f"{first}_quota"].form, _QUOTA_NAMES.get(rest, rest))
    if first != "rings":
        return _called(form, _NAMES.get(path, path))
    number, _dash, name = rest.partition("-")
    if not number.isdecimal() or int(number) >= len(form.rings):
        return None
    return _called(form.rings[int(number)].form, _NAMES.get(name, name))


def _called(fields: Iterable[Any], name: str) -> Any:
    return next((field for field in fields if field.short_name == name), None)


def put(form: RuleForm, message: str, path: str | None) -> None:
    """Put a refusal at its field, or on the form as a whole."""
    field = field_of(form, path or "")
    if field is None:
        form.form_errors.append(message)
    else:
        field.errors = [*field.errors, message]
        form.gather_errors()
