"""Forms of reports, complaints and owners' requests: shape only, the services judge."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from marketplace.moderation.complaints import Filed
from marketplace.projects.rules import Content, Problem
from marketplace.web.clean_form import CleanForm
from marketplace.web.fields import MoneyField, TrimmedField, filled, refuse
from marketplace.web.labels import LEGAL_FORMS
from marketplace.web.messages import sentence
from marketplace.web.moderation.words import REPORT_REASONS
from marketplace.web.owner.forms import MonthsField
from marketplace.web.owner.rule_form import MayWait


class ReportForm(CleanForm):
    """Something is wrong with a collection."""

    reason = RadioField(
        _l("Que se passe-t-il ?"),
        choices=[SelectChoice(code, label) for code, label in REPORT_REASONS.items()],
        validate_choice=False,
    )
    words = TextAreaField(_l("Dites-nous quoi, et où"))


class ComplaintForm(CleanForm):
    """The standard form of complaints. Source: delegated regulation (EU) 2022/2117, annex."""

    name = TrimmedField(
        _l("Votre nom, ou celui de l’organisation"), validators=[filled], render_kw={"autocomplete": "name"}
    )
    contact = TrimmedField(_l("Comment vous joindre : adresse, courriel ou téléphone"), validators=[filled])
    representative = TrimmedField(_l("Nom de la personne qui vous représente"), validators=[Optional()])
    reference = TrimmedField(_l("Référence : collecte, engagement, courrier"), validators=[Optional()])
    subject = TrimmedField(_l("Objet de la réclamation"), validators=[filled])
    dates = TrimmedField(_l("Dates des faits"), validators=[Optional()])
    damage = MoneyField(_l("Préjudice, en euros"), validators=[Optional()])
    words = TextAreaField(_l("Ce qui s’est passé, et ce que vous demandez"), validators=[filled])
    documents = TextAreaField(_l("Documents que vous pouvez montrer"), validators=[Optional()])

    def filed(self) -> Filed:
        """Return what was typed."""
        return Filed(
            name=self.name.data or "",
            contact=self.contact.data or "",
            representative=self.representative.data or "",
            reference=self.reference.data or "",
            subject=self.subject.data or "",
            dates=self.dates.data or "",
            damage_cents=self.damage.data.cents if self.damage.data is not None else None,
            words=self.words.data or "",
            documents=self.documents.data or "",
        )


class ReasonForm(CleanForm):
    """Why a refusal should be looked at again."""

    reason = TextAreaField(_l("Ce qui, selon vous, a été mal jugé"))


class CancelForm(CleanForm):
    """Why a collection ends before its time."""

    note = TextAreaField(_l("La raison, publique"))


class CorrectionForm(CleanForm):
    """What may still be put right in a published collection."""

    version = HiddenField()
    name = TrimmedField(_l("Nom du projet ou de l’organisation"))
    legal_form = SelectField(
        _l("Forme juridique"),
        choices=[SelectChoice(code, label) for code, label in LEGAL_FORMS.items()],
        validate_choice=False,
    )
    title = TrimmedField(_l("Titre de la collecte"))
    summary = TextAreaField(_l("Résumé"))
    loan_months = MonthsField(_l("Durée du prêt, en mois"), validators=[MayWait()], render_kw={"inputmode": "numeric"})
    story = TextAreaField(_l("Votre histoire"))
    because = TextAreaField(_l("Pourquoi cette correction"))

    @classmethod
    def of(cls, content: Content, version: int) -> "CorrectionForm":
        """Return the form as it opens on a published content."""
        form: CorrectionForm = cls(
            formdata=None,
            data={
                "version": str(version),
                "name": content.name,
                "legal_form": content.legal_form,
                "title": content.title,
                "summary": content.summary,
                "loan_months": content.loan_months,
                "story": content.story_markdown,
            },
        )
        return form

    def content(self) -> Content:
        """Return what was typed; the rest is left as it was published."""
        return Content(
            name=self.name.data or "",
            legal_form=self.legal_form.data or None,
            title=self.title.data or "",
            summary=self.summary.data or "",
            loan_months=self.loan_months.data,
            story_markdown=self.story.data or "",
        )

    def read_version(self) -> int:
        """Return the version the page showed; one that cannot be is 0, which nothing has."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 0

    def show(self, problems: tuple[Problem, ...]) -> None:
        """Put each problem at its field."""
        for problem in problems:
            place = "story" if problem.field == "story_markdown" else problem.field
            refuse(self, sentence(problem.code, **problem.facts), place)
