"""The owner's form: shape only. A draft may lack anything; what is missing is said when it is submitted."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from marketplace.core.db import uuid7
from marketplace.core.money import Money
from marketplace.projects import rules
from marketplace.projects.rules import Content, Problem
from marketplace.web.clean_form import CleanForm
from marketplace.web.commune_field import CommuneField
from marketplace.web.fields import DateField, MoneyField, TrimmedField, refuse
from marketplace.web.labels import INSTRUMENTS, LEGAL_FORMS, PRESETS
from marketplace.web.messages import sentence
from marketplace.web.owner import uses_form
from marketplace.web.owner.uses_form import UsesField
from marketplace.web.owner.words import SECTORS

_MONTHS = re.compile(r"^(\d{1,3})(?:\s*(?:mois|months?))?$", re.ASCII | re.IGNORECASE)
_NONE = SelectChoice("", _l("Choisissez"))
# Where a problem of the rules stands on the form.
_FIELDS = {
    "commune_code": "commune",
    "threshold_cents": "threshold",
    "goal_cents": "goal",
    "hard_cap_cents": "hard_cap",
    "minimum_cents": "minimum",
    "story_markdown": "story",
}


class MayWait(Optional):  # type: ignore[misc]  # wtforms has no types
    """Let a field be empty for now, without calling it optional."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags: dict[str, Any] = {}


class MonthsField(IntegerField):  # type: ignore[misc]  # wtforms has no types
    """A number of months: "36", "36 mois" or "36 months"."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValidationError: anything else, or more than three digits."""
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        found = _MONTHS.match(text)
        if found:
            self.data = int(found[1])
        elif text:
            raise ValidationError(_("Saisissez un nombre de mois, par exemple 36."))


def _choices(words: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(code, label) for code, label in words.items()]


def _chosen(field: SelectField) -> str | None:
    """Return the choice made, None for none and for one that is not offered."""
    return next((str(choice.value) for choice in field.choices if choice.value and choice.value == field.data), None)


class CampaignForm(CleanForm):
    """A project and its collection, on one page. key: makes sending a new form twice one draft."""

    key = HiddenField()
    row_version = HiddenField()
    name = TrimmedField(_l("Nom du projet ou de l’organisation"), render_kw={"autocomplete": "organization"})
    commune = CommuneField(_l("Commune du projet"))
    legal_form = SelectField(_l("Forme juridique"), choices=[_NONE, *_choices(LEGAL_FORMS)], validators=[MayWait()])
    sector = SelectField(_l("Domaine"), choices=[_NONE, *_choices(SECTORS)], validators=[MayWait()])
    title = TrimmedField(_l("Titre de la collecte"))
    summary = TextAreaField(_l("Résumé"))
    instrument = RadioField(_l("Ce que vous demandez"), choices=_choices(INSTRUMENTS), validators=[MayWait()])
    loan_months = MonthsField(
        _l("Durée du prêt, en mois"), validators=[MayWait()], render_kw={"inputmode": "numeric", "size": "6"}
    )
    threshold = MoneyField(_l("Seuil de réussite"), validators=[MayWait()])
    goal = MoneyField(_l("Objectif"), validators=[MayWait()])
    hard_cap = MoneyField(_l("Plafond"), validators=[MayWait()])
    minimum = MoneyField(_l("Participation minimale"), validators=[MayWait()])
    uses = UsesField(_l("Où ira l’argent"))
    ends_on = DateField(_l("Dernier jour de la collecte"), validators=[MayWait()])
    rule_preset = RadioField(_l("Qui peut participer"), choices=_choices(PRESETS), validators=[MayWait()])
    story = TextAreaField(_l("Votre histoire"))

    @classmethod
    def of(cls, content: Content, *, row_version: int | None = None, key: UUID | None = None) -> "CampaignForm":
        """Return the form as it opens on a content."""
        form: CampaignForm = cls(
            formdata=None,
            data={
                "key": str(key or ""),
                "row_version": "" if row_version is None else str(row_version),
                "name": content.name,
                "commune": content.commune_code,
                "legal_form": content.legal_form or "",
                "sector": content.sector or "",
                "title": content.title,
                "summary": content.summary,
                "instrument": content.instrument,
                "loan_months": content.loan_months,
                "threshold": _money(content.threshold_cents),
                "goal": _money(content.goal_cents),
                "hard_cap": _money(content.hard_cap_cents),
                "minimum": _money(content.minimum_cents),
                "uses": uses_form.values(content.uses),
                "ends_on": content.ends_on,
                "rule_preset": content.rule_preset,
                "story": content.story_markdown,
            },
        )
        return form

    def content(self) -> Content:
        """Return what was typed, as the services take it. An empty minimum is the least there is."""
        return Content(
            name=self.name.data or "",
            commune_code=self.commune.data,
            sector=_chosen(self.sector),
            legal_form=_chosen(self.legal_form),
            title=self.title.data or "",
            summary=self.summary.data or "",
            story_markdown=self.story.data or "",
            instrument=_chosen(self.instrument),
            loan_months=self.loan_months.data,
            threshold_cents=_cents(self.threshold),
            goal_cents=_cents(self.goal),
            hard_cap_cents=_cents(self.hard_cap),
            minimum_cents=rules.LEAST_PLEDGE_CENTS if self.minimum.data is None else self.minimum.data.cents,
            uses=self.uses.written(),
            ends_on=self.ends_on.data,
            rule_preset=_chosen(self.rule_preset),
        )

    def show(self, problems: tuple[Problem, ...]) -> None:
        """Put each problem at its field."""
        for problem in problems:
            words = sentence(problem.code, **problem.facts)
            if problem.field.startswith("uses"):
                self.uses.refuse(words, problem.field)
            else:
                refuse(self, words, _FIELDS.get(problem.field, problem.field))

    def form_key(self) -> UUID:
        """Return the key the form was made with, a new one when it was lost."""
        try:
            return UUID(self.key.data or "")
        except ValueError:
            return uuid7()

    def read_version(self) -> int:
        """Return the row version the page showed; one that cannot be is 0, which nothing has."""
        text = str(self.row_version.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


def _money(cents: int | None) -> Money | None:
    return None if cents is None else Money(cents)


def _cents(field: StringField) -> int | None:
    return None if field.data is None else int(field.data.cents)
