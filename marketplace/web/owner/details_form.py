"""The team and its risks, the promises and the needs of a project, on the owner's form. Shape only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, SelectField, TextAreaField
from wtforms.fields import SelectChoice

from marketplace.projects.details import MOST_MEMBERS, MOST_NEEDS, RISKS, Member, Need, Promises
from marketplace.projects.rules import Content, Problem
from marketplace.web.clean_form import CleanForm
from marketplace.web.fields import NumberField, TrimmedField, refuse
from marketplace.web.labels import RISK_LABELS
from marketplace.web.messages import sentence
from marketplace.web.owner.lines import LinesField, typed
from marketplace.web.owner.rule_form import MayWait, choices, chosen
from marketplace.web.owner.words import NEEDS


class MemberForm(Form):  # type: ignore[misc]  # wtforms has no types
    """One person of the team."""

    name = TrimmedField(_l("Nom"), render_kw={"autocomplete": "off"})
    role = TrimmedField(_l("Rôle dans le projet"), render_kw={"autocomplete": "off"})
    words = TextAreaField(_l("Ce que cette personne sait faire"))

    def member(self) -> Member:
        """Return what is typed."""
        return Member(self.name.data or "", self.role.data or "", self.words.data or "")


class NeedForm(Form):  # type: ignore[misc]  # wtforms has no types
    """Help that is not money."""

    kind = SelectField(
        _l("Quelle aide"), choices=[SelectChoice("", _l("Choisissez")), *choices(NEEDS)], validators=[MayWait()]
    )
    label = TrimmedField(_l("Précisez"), render_kw={"autocomplete": "off"})
    hours = NumberField(_l("Heures"), validators=[MayWait()])

    def need(self) -> Need:
        """Return what is typed."""
        return Need(chosen(self.kind), self.label.data or "", self.hours.data)


class DetailsForm(CleanForm):
    """One section of the details. row_version: the one the page showed."""

    row_version = HiddenField()

    def content(self, base: Content) -> Content:
        """Return what was typed in place of what a content says."""
        raise NotImplementedError

    def show(self, problems: tuple[Problem, ...]) -> None:
        """Put each problem at its field."""
        for problem in problems:
            self.put(sentence(problem.code, **problem.facts), problem.field)

    def put(self, message: str, field: str | None) -> None:
        """Put a sentence at the field of a rule's problem, or on the form as a whole."""
        lines = self[_list(field)] if field and _list(field) in self else None
        if isinstance(lines, LinesField) and field:
            lines.refuse(message, field)
        else:
            refuse(self, message, field)

    def read_version(self) -> int:
        """Return the row version the page showed; one that cannot be is 0, which nothing has."""
        return read_version(self.row_version)


class TeamForm(DetailsForm):
    """Who does it, and what may go wrong."""

    team = LinesField(MemberForm, _l("L’équipe"), most=MOST_MEMBERS)
    risk_project = TextAreaField(RISK_LABELS["project"])
    risk_sector = TextAreaField(RISK_LABELS["sector"])
    risk_default = TextAreaField(RISK_LABELS["default"])
    risk_returns = TextAreaField(RISK_LABELS["returns"])
    risk_platform = TextAreaField(RISK_LABELS["platform"])
    risk_liquidity = TextAreaField(RISK_LABELS["liquidity"])
    risk_other = TextAreaField(RISK_LABELS["other"])

    @classmethod
    def of(cls, content: Content, *, row_version: int) -> "TeamForm":
        """Return the form as it opens on a content."""
        said = content.details
        data: dict[str, Any] = {
            "row_version": str(row_version),
            "team": [{"name": one.name, "role": one.role, "words": one.words} for one in said.team],
            **{f"risk_{kind}": text for kind, text in said.risks.items()},
        }
        form: TeamForm = cls(formdata=None, data=data)
        return form

    def content(self, base: Content) -> Content:
        """Return what was typed in place of what a content says."""
        team = tuple(line.form.member() for line in self.team if typed(line.form))
        risks: Mapping[str, str] = {kind: self[f"risk_{kind}"].data or "" for kind in RISKS}
        return replace(base, details=replace(base.details, team=team, risks=risks))


class PromisesForm(DetailsForm):
    """What the neighbourhood gets, and what else would help."""

    jobs_created = NumberField(_l("Emplois créés"), validators=[MayWait()])
    jobs_kept = NumberField(_l("Emplois maintenus"), validators=[MayWait()])
    purchases_percent = NumberField(_l("Part des achats faits à moins de 30 km"), validators=[MayWait()])
    words = TextAreaField(_l("En quelques phrases"))
    needs = LinesField(NeedForm, _l("Ce qui aiderait, en dehors de l’argent"), most=MOST_NEEDS)

    @classmethod
    def of(cls, content: Content, *, row_version: int) -> "PromisesForm":
        """Return the form as it opens on a content."""
        promises = content.details.promises
        data: dict[str, Any] = {
            "row_version": str(row_version),
            "jobs_created": promises.jobs_created,
            "jobs_kept": promises.jobs_kept,
            "purchases_percent": promises.purchases_percent,
            "words": promises.words,
            "needs": [
                {"kind": one.kind or "", "label": one.label, "hours": one.hours} for one in content.details.needs
            ],
        }
        form: PromisesForm = cls(formdata=None, data=data)
        return form

    def content(self, base: Content) -> Content:
        """Return what was typed in place of what a content says."""
        promises = Promises(
            self.jobs_created.data, self.jobs_kept.data, self.purchases_percent.data, self.words.data or ""
        )
        needs = tuple(line.form.need() for line in self.needs if typed(line.form))
        return replace(base, details=replace(base.details, promises=promises, needs=needs))


def read_version(field: HiddenField) -> int:
    """Return the row version a page showed; one that cannot be is 0, which nothing has."""
    text = str(field.data or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


def _list(field: str | None) -> str:
    return (field or "").partition("-")[0]
