"""The owner's form: shape only. A draft may lack anything; what is missing is said when it is submitted."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, IntegerField, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from marketplace.core.db import uuid7
from marketplace.core.money import Money
from marketplace.locality.composed import QuotaChoice, RingChoice
from marketplace.locality.rule import RELATED_PERCENT
from marketplace.projects import rules
from marketplace.projects.rules import Content, Problem
from marketplace.web.commune_field import CommuneField
from marketplace.web.fields import DateField, MoneyField, TrimmedField
from marketplace.web.labels import INSTRUMENTS, LEGAL_FORMS
from marketplace.web.messages import sentence
from marketplace.web.owner import uses_form
from marketplace.web.owner.details_form import read_version
from marketplace.web.owner.rule_form import MayWait, RuleForm, cents, choices, chosen, lines_of, put
from marketplace.web.owner.uses_form import SourcesField, UsesField
from marketplace.web.owner.words import SECTORS

_MONTHS = re.compile(r"^(\d{1,3})(?:\s*(?:mois|months?))?$", re.ASCII | re.IGNORECASE)
_NONE = SelectChoice("", _l("Choisissez"))
_NOTHING = Content()
# Where a problem of the rules stands on the form.
_FIELDS = {
    "commune_code": "commune",
    "threshold_cents": "threshold",
    "goal_cents": "goal",
    "hard_cap_cents": "hard_cap",
    "minimum_cents": "minimum",
    "story_markdown": "story",
}


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


class CampaignForm(RuleForm):
    """A project and its collection, on one page. key: makes sending a new form twice one draft."""

    key = HiddenField()
    row_version = HiddenField()
    name = TrimmedField(_l("Nom du projet ou de l’organisation"), render_kw={"autocomplete": "organization"})
    commune = CommuneField(_l("Commune du projet"))
    legal_form = SelectField(_l("Forme juridique"), choices=[_NONE, *choices(LEGAL_FORMS)], validators=[MayWait()])
    sector = SelectField(_l("Domaine"), choices=[_NONE, *choices(SECTORS)], validators=[MayWait()])
    title = TrimmedField(_l("Titre de la collecte"))
    summary = TextAreaField(_l("Résumé"))
    instrument = RadioField(_l("Ce que vous demandez"), choices=choices(INSTRUMENTS), validators=[MayWait()])
    loan_months = MonthsField(
        _l("Durée du prêt, en mois"), validators=[MayWait()], render_kw={"inputmode": "numeric", "size": "6"}
    )
    threshold = MoneyField(_l("Seuil de réussite"), validators=[MayWait()])
    goal = MoneyField(_l("Objectif"), validators=[MayWait()])
    hard_cap = MoneyField(_l("Plafond"), validators=[MayWait()])
    minimum = MoneyField(_l("Participation minimale"), validators=[MayWait()])
    uses = UsesField(_l("Où ira l’argent"))
    sources = SourcesField(_l("L’autre argent du budget"))
    opens_on = DateField(_l("Premier jour de la collecte"), validators=[Optional()])
    ends_on = DateField(_l("Dernier jour de la collecte"), validators=[MayWait()])
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
                "sources": uses_form.source_values(content.details.sources),
                "opens_on": content.opens_on,
                "ends_on": content.ends_on,
                "story": content.story_markdown,
                **rule_data(content),
            },
        )
        return form

    def content(self, base: Content = _NOTHING) -> Content:
        """Return what was typed in place of what a content says. An empty minimum is the least there is."""
        return replace(
            base,
            name=self.name.data or "",
            commune_code=self.commune.data,
            sector=chosen(self.sector),
            legal_form=chosen(self.legal_form),
            title=self.title.data or "",
            summary=self.summary.data or "",
            story_markdown=self.story.data or "",
            instrument=chosen(self.instrument),
            loan_months=self.loan_months.data,
            threshold_cents=cents(self.threshold),
            goal_cents=cents(self.goal),
            hard_cap_cents=cents(self.hard_cap),
            minimum_cents=rules.LEAST_PLEDGE_CENTS if self.minimum.data is None else self.minimum.data.cents,
            uses=self.uses.written(),
            details=replace(base.details, sources=self.sources.written()),
            opens_on=self.opens_on.data,
            ends_on=self.ends_on.data,
            rule_preset=chosen(self.rule_preset),
            rule_options=self.options(),
        )

    def show(self, problems: tuple[Problem, ...]) -> None:
        """Put each problem at its field."""
        for problem in problems:
            words = sentence(problem.code, **problem.facts)
            lines = problem.field.partition("-")[0]
            if lines in {"uses", "sources"}:
                self[lines].refuse(words, problem.field)
            else:
                self.put(words, problem.field)

    def put(self, message: str, field: str | None) -> None:
        """Put a sentence at the field of a rule's problem, or on the form as a whole."""
        put(self, message, _FIELDS.get(field or "", field))

    def __iter__(self) -> Iterator[Field]:
        """Go through the fields in the order of the page: the rule stands before the story."""
        own = [field for name, field in self._fields.items() if not hasattr(RuleForm, name) and name != "story"]
        rule = [field for name, field in self._fields.items() if hasattr(RuleForm, name)]
        return iter([*own, *rule, self.story])

    def form_key(self) -> UUID:
        """Return the key the form was made with, a new one when it was lost."""
        try:
            return UUID(self.key.data or "")
        except ValueError:
            return uuid7()

    def read_version(self) -> int:
        """Return the row version the page showed; one that cannot be is 0, which nothing has."""
        return read_version(self.row_version)


def _money(cents: int | None) -> Money | None:
    return None if cents is None else Money(cents)


def rule_data(content: Content) -> dict[str, Any]:
    """Return what the fields of the rule hold when the form opens on a content."""
    options = content.rule_options
    data: dict[str, Any] = {
        "rule_preset": content.rule_preset,
        "radius_km": options.radius_km,
        "communes": lines_of(options.communes),
        "territory": options.projet or "",
        "neighbours": options.neighbours,
        "wider": options.wider,
        "first_days": options.first_days,
        "min_share": options.min_share,
        "cap": _money(options.cap_cents),
        "wider_cap": _money(options.wider_cap_cents),
        "reserve": _money(options.reserve_cents),
        "reserve_days": options.reserve_days,
        "min_people": options.min_people,
        "proof": str(options.proof),
        "related_percent": RELATED_PERCENT if options.related_percent is None else options.related_percent,
        "workers": options.workers,
        "people_only": options.people_only,
        "rings": [ring_data(ring) for ring in options.rings],
    }
    return data | {f"{quota.kind}_quota": quota_data(quota) for quota in options.quotas}


def ring_data(ring: RingChoice) -> dict[str, Any]:
    """Return what the fields of a circle hold."""
    return {
        "zone": ring.zone,
        "radius_km": ring.radius_km,
        "communes": lines_of(ring.communes),
        "territory": ring.projet or "",
        "neighbours": ring.neighbours,
        "proof": str(ring.proof),
        "cap": _money(ring.cap_cents),
        "minimum": _money(ring.minimum_cents),
        "opens_after": ring.opens_after,
    }


def quota_data(quota: QuotaChoice) -> dict[str, Any]:
    """Return what the fields of a quota hold."""
    return {
        "ring": "" if quota.ring is None else str(quota.ring),
        "percent": quota.percent,
        "amount": _money(quota.amount_cents),
        "days": quota.days,
        "people": quota.people,
    }
