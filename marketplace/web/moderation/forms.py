"""What a moderator answers: why, and what to do; what was checked; what comes of a report or a complaint."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.money import Money
from marketplace.moderation import sheet
from marketplace.moderation.sheet import Answer
from marketplace.web.clean_form import CleanForm
from marketplace.web.fields import DateField, MoneyField, TrimmedField
from marketplace.web.moderation.money_words import SETTLED
from marketplace.web.moderation.words import ANSWERS, COMPLAINT_OUTCOMES, ITEMS, REASONS, REPORT_OUTCOMES, VERDICTS

RINGS = {0: _l("du premier cercle"), 1: _l("des deux premiers cercles"), 2: _l("des trois premiers cercles")}


class ReadForm(CleanForm):
    """What the moderator read, so that nothing else is decided on."""

    row_version = HiddenField()

    def read_version(self) -> int:
        """Return the row version the page showed; one that cannot be is 0, which nothing has."""
        text = str(self.row_version.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


class PublishForm(ReadForm):
    """Publish, perhaps with a fund that adds to money from here."""

    fund_fund = TrimmedField(_l("Fonds ou collectivité qui abonde"))
    fund_ring = SelectField(
        _l("Argent abondé"),
        choices=[SelectChoice(str(ring), label) for ring, label in RINGS.items()],
        validate_choice=False,
    )
    fund_percent = StringField(_l("Pour cent ajoutés"), render_kw={"inputmode": "numeric", "size": "6"})
    fund_per_person = MoneyField(_l("Au plus, par personne"), validators=[Optional()])
    fund_total = MoneyField(_l("Au plus, en tout"), validators=[Optional()])

    def fund(self) -> dict[str, Any] | None:
        """Return the fund as the rule has it, None when nothing was typed about one; what is missing is left out."""
        typed = {
            "fund": self.fund_fund.data or None,
            "percent": _number(self.fund_percent.data),
            "per_person_cents": self.fund_per_person.data and self.fund_per_person.data.cents,
            "total_cents": self.fund_total.data and self.fund_total.data.cents,
        }
        said = {name: value for name, value in typed.items() if value is not None}
        return {**said, "ring": _number(self.fund_ring.data)} if said else None


def publish_form(fund: Mapping[str, Any] | None) -> PublishForm:
    """Return the form as it opens: with the fund that the first of two administrators named, if any."""
    said = fund or {}
    cents = {name: Money(said[name]) if name in said else None for name in ("per_person_cents", "total_cents")}
    form: PublishForm = PublishForm(
        formdata=None,
        data={
            "fund_fund": said.get("fund"),
            "fund_ring": str(said.get("ring", "")),
            "fund_percent": str(said.get("percent", "")),
            "fund_per_person": cents["per_person_cents"],
            "fund_total": cents["total_cents"],
        },
    )
    return form


def _number(text: str | None) -> int | str | None:
    """Return a number; what is none as it was typed, for the rule to refuse; None for nothing."""
    bare = (text or "").strip().removesuffix("%").strip()
    return int(bare) if bare.isascii() and bare.isdecimal() and len(bare) < 6 else bare or None


class ReasonsField(SelectMultipleField):  # type: ignore[misc]  # wtforms has no types
    """Boxes to tick among the reasons; one that is not in the list is left to the service to refuse."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args,
            choices=[SelectChoice(code, label) for code, label in REASONS.items()],
            validate_choice=False,
            **kwargs,
        )


class AnswerForm(ReadForm):
    """Send back, or refuse."""

    reasons = ReasonsField(_l("Motifs"))
    note = TextAreaField(_l("Ce que le porteur doit savoir"))

    def __init__(self, *args: Any, prefix: str = "", **kwargs: Any) -> None:
        super().__init__(*args, prefix=prefix, **kwargs)
        self.word = prefix


class NoteForm(CleanForm):
    """Suspend, let go on, or cancel: one text that everybody may read."""

    note = TextAreaField(_l("La raison, publique"))

    def __init__(self, *args: Any, prefix: str = "", **kwargs: Any) -> None:
        super().__init__(*args, prefix=prefix, **kwargs)
        self.word = prefix


def _radios(label: Any, words: Mapping[str, Any]) -> RadioField:
    return RadioField(label, choices=[SelectChoice(code, text) for code, text in words.items()], validate_choice=False)


class VerdictForm(CleanForm):
    """A correction: a slip, a material change, or no."""

    verdict = _radios(_l("Votre décision"), VERDICTS)
    note = TextAreaField(_l("Ce que le porteur doit savoir"))


class SettledForm(CleanForm):
    """What was done about a payment that nobody waited for."""

    how = _radios(_l("Ce qui a été fait"), SETTLED)


class NameForm(CleanForm):
    """Whose contribution is looked for; sent by the address."""

    class Meta(CleanForm.Meta):
        """A look needs no token."""

        csrf = False

    nom = TrimmedField(_l("Nom"))


class RefundForm(CleanForm):
    """Give a contribution back."""

    reason = TextAreaField(_l("La raison, pour qui a payé et pour le porteur"))


class ReexaminationForm(CleanForm):
    """A second look at a refusal."""

    outcome = _radios(
        _l("Votre décision"),
        {"upheld": _l("Le refus est confirmé"), "overturned": _l("Le refus est levé : la collecte revient à corriger")},
    )
    answer = TextAreaField(_l("Les raisons, point par point"))


class ReportAnswerForm(CleanForm):
    """What came of a report."""

    outcome = _radios(_l("Suite donnée"), REPORT_OUTCOMES)
    answer = TextAreaField(_l("Réponse à la personne qui a signalé"))


class AcknowledgeForm(CleanForm):
    """Whether a complaint is admissible."""

    admissible = _radios(_l("Recevabilité"), {"yes": _l("Recevable"), "no": _l("Irrecevable")})
    because = TextAreaField(_l("Si elle est irrecevable, pourquoi"))


class DelayForm(CleanForm):
    """Why an answer takes longer."""

    because = TextAreaField(_l("Pourquoi la réponse prend plus de temps"))


class ComplaintAnswerForm(CleanForm):
    """The answer to a complaint."""

    outcome = _radios(_l("Décision"), COMPLAINT_OUTCOMES)
    answer = TextAreaField(_l("Réponse à chaque point, avec les raisons et les remèdes"))


class JournalForm(CleanForm):
    """What the log is narrowed to; sent by the address."""

    class Meta(CleanForm.Meta):
        """A look needs no token."""

        csrf = False

    acte = StringField(_l("Acte"))
    qui = StringField(_l("Qui"))
    objet = StringField(_l("Identifiant de l’objet"))
    du = DateField(_l("Du"))
    au = DateField(_l("Au"))


class SheetForm(CleanForm):
    """What was checked. One answer, one note and one piece of evidence for each item."""

    def answers(self) -> dict[str, Answer]:
        """Return what was answered; items left blank are left out."""
        return {
            item: Answer(
                self[f"{item}_answer"].data, self[f"{item}_note"].data or "", self[f"{item}_evidence"].data or ""
            )
            for item in sheet.ALL
            if self[f"{item}_answer"].data
        }

    def leave_out(self, part: str) -> None:
        """Answer that what is left blank of a part does not apply; without effect for a part that is none."""
        for item in sheet.ITEMS.get(part, ()):
            answer = self[f"{item}_answer"]
            answer.data = answer.data or "na"

    def lines(self, part: str) -> list[tuple[str, Any, Any, Any]]:
        """Return the items of a part with their three fields."""
        return [
            (item, self[f"{item}_answer"], self[f"{item}_note"], self[f"{item}_evidence"]) for item in sheet.ITEMS[part]
        ]


for _item in sheet.ALL:
    setattr(SheetForm, f"{_item}_answer", _radios(ITEMS[_item], ANSWERS))
    setattr(SheetForm, f"{_item}_note", StringField(_l("Note")))
    setattr(SheetForm, f"{_item}_evidence", StringField(_l("Preuve vue")))


def sheet_form(answers: Mapping[str, Answer]) -> SheetForm:
    """Return the sheet as it was kept."""
    data = {
        name: value
        for item, given in answers.items()
        for name, value in (
            (f"{item}_answer", given.answer),
            (f"{item}_note", given.note),
            (f"{item}_evidence", given.evidence),
        )
    }
    form: SheetForm = SheetForm(formdata=None, data=data)
    return form
