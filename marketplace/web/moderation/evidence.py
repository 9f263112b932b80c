"""Automatic checks as a moderator reads them: what was found, on which evidence, where to look, what it answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import url_for
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from marketplace.moderation.checklist import Extract, Finding
from marketplace.projects.rules import Content
from marketplace.projects.spending import Line
from marketplace.web import sheet_gaps
from marketplace.web.filters import french, km, money, percent
from marketplace.web.moderation import words
from marketplace.web.owner.sections import SECTIONS

# Items of the sheet that a machine helps to answer, by the code of what it found.
HELPS: Mapping[str, tuple[str, ...]] = {
    "uses_add_up": ("budget",),
    "uses_missing": ("budget", "local_use"),
    "local_share": ("local_use",),
    "sheet_whole": ("complete", "specific_risks", "responsible"),
    "amounts_coherent": ("goal", "caps"),
    "threshold_low": ("goal",),
    "hard_cap_high": ("goal",),
    "conditions_allowed": ("instrument_form", "rate", "schedule", "local_rule"),
    "dates_allowed": ("dates",),
    "registered": ("registration",),
    "unverified": ("registration",),
    "unregistered": ("registration",),
    "promises": ("promises",),
    "contacts": ("personal_data",),
}
# Where on the page what was found is read; everything else stands in the text of the collection.
_PLACES: Mapping[str, tuple[str, LazyString]] = {
    "uses_add_up": ("depenses", _l("Lire les dépenses")),
    "local_share": ("depenses", _l("Lire les dépenses")),
    **dict.fromkeys(
        ("amounts_coherent", "threshold_low", "hard_cap_high", "minimum_above_declared", "dates_allowed"),
        ("conditions", _l("Lire les conditions")),
    ),
    **dict.fromkeys(("uses_missing", "commune_known", "conditions_allowed"), ("conditions", _l("Lire les conditions"))),
}
_TEXT = ("collecte", _l("Lire la collecte"))


@dataclass(frozen=True)
class Check:
    """One automatic check. details: the evidence, line by line; link: its words and where it leads."""

    code: str
    tone: str
    text: str
    details: tuple[str, ...]
    extracts: tuple[Extract, ...]
    link: tuple[str, str]


def checks(found: Iterable[Finding], content: Content, campaign_id: UUID) -> list[Check]:
    """Put words, evidence and a place beside each finding."""
    return [_check(finding, content, campaign_id) for finding in found]


def by_item(found: Iterable[Check]) -> dict[str, list[Check]]:
    """Return the checks that help to answer each item of the sheet."""
    items: dict[str, list[Check]] = {}
    for one in found:
        for item in HELPS.get(one.code, ()):
            items.setdefault(item, []).append(one)
    return items


def _check(finding: Finding, content: Content, campaign_id: UUID) -> Check:
    if finding.code == "local_share":
        text, details = _local(finding)
    elif finding.code == "sheet_whole":
        text, details = _sheet(content)
    else:
        _tone, text, details = words.check(finding)
    return Check(
        finding.code, finding.tone, text, details, finding.facts.get("extracts", ()), _link(finding, campaign_id)
    )


def _link(finding: Finding, campaign_id: UUID) -> tuple[str, str]:
    if finding.code == "sheet_whole":
        return _("Lire la fiche (PDF)"), url_for("instruments.draft_sheet", campaign_id=campaign_id)
    if finding.code in {"registered", "unverified", "unregistered"}:
        return _("Les organisations à vérifier"), url_for("organisations.waiting")
    anchor, label = _PLACES.get(finding.code, _TEXT)
    return str(label), f"#{anchor}"


def _local(finding: Finding) -> tuple[str, tuple[str, ...]]:
    spent = finding.facts["spent"]
    said = _(
        "%(share)s de l’argent est dépensé à moins de %(distance)s du projet.",
        share=percent(finding.facts["percent"]),
        distance=km(spent.near_km),
    )
    unknown = sum(line.commune is None for line in spent.lines)
    if unknown:
        also = ngettext(
            "%(num)s dépense ne dit pas où : elle compte comme lointaine.",
            "%(num)s dépenses ne disent pas où : elles comptent comme lointaines.",
            unknown,
        )
        said = f"{said} {also}"
    return said, tuple(_line(line) for line in spent.lines)


def _line(line: Line) -> str:
    if line.commune is None:
        where = _("lieu non dit")
    elif line.kilometres is None:
        where = line.commune.label
    else:
        where = _("%(town)s, %(distance)s", town=line.commune.label, distance=km(line.kilometres))
    said = (french(line.label), money(line.cents), french(line.supplier), where)
    return Markup(" – ").join(part for part in said if part)


def _sheet(content: Content) -> tuple[str, tuple[str, ...]]:
    found = sheet_gaps.of(content)
    if not found:
        return _("Chaque partie de la fiche d’informations clés est remplie."), ()
    return _("La fiche d’informations clés n’est pas complète :"), tuple(
        _(
            "%(part)s : %(what)s",
            part=gap.part,
            what=" ; ".join(f"{name} ({_section(place)})" for name, place in gap.missing),
        )
        for gap in found
    )


def _section(place: str) -> str:
    """Name the page on which the owner mends it."""
    return str(SECTIONS[place].title if place in SECTIONS else _("Les conditions"))
