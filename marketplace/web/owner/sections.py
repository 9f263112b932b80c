"""The editor in six sections, one page each: what a section is, what it keeps, what is still wrong in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from marketplace.core.errors import NotFound
from marketplace.projects.completeness import Completeness
from marketplace.projects.queries import Dossier
from marketplace.projects.rules import Content, Problem
from marketplace.web.owner.details_form import DetailsForm, PromisesForm, TeamForm
from marketplace.web.owner.forms import CampaignForm

Form = CampaignForm | DetailsForm


@dataclass(frozen=True)
class Section:
    """One page of the editor. keeps: the fields of a content that it may change; lead: what it is for."""

    name: str
    title: LazyString
    lead: LazyString
    form: type[CampaignForm | TeamForm | PromisesForm]
    keeps: tuple[str, ...]

    def opened(self, found: Dossier) -> Form:
        """Return its form as it opens on a draft."""
        return self.form.of(found.content, row_version=found.row_version)

    def merged(self, form: Form, base: Content) -> Content:
        """Return a content in which what belongs to this section is as it was typed."""
        said = form.content(base)
        return replace(base, **{name: getattr(said, name) for name in self.keeps})


SECTIONS: Mapping[str, Section] = {
    section.name: section
    for section in (
        Section(
            "projet",
            _l("Le projet"),
            _l("Ce que vos voisins liront en premier : qui, quoi, où."),
            CampaignForm,
            ("name", "commune_code", "legal_form", "sector", "title", "summary"),
        ),
        Section(
            "argent",
            _l("L’argent"),
            _l("Combien il faut, à quoi cela sert, et jusqu’à quand vous collectez."),
            CampaignForm,
            (
                *("instrument", "loan_months", "threshold_cents", "goal_cents", "hard_cap_cents", "minimum_cents"),
                *("uses", "details", "opens_on", "ends_on"),
            ),
        ),
        Section(
            "regle",
            _l("Qui peut participer"),
            _l("La règle de proximité : elle réserve votre projet aux gens d’ici."),
            CampaignForm,
            ("rule_preset", "rule_options"),
        ),
        Section(
            "histoire",
            _l("L’histoire et les images"),
            _l("Ce qui donne envie, et ce qui fait comprendre."),
            CampaignForm,
            ("story_markdown",),
        ),
        Section(
            "equipe",
            _l("L’équipe et les risques"),
            _l("Qui le fait, et ce qui peut mal tourner. Dire ses risques donne confiance."),
            TeamForm,
            ("details",),
        ),
        Section(
            "promesses",
            _l("Les promesses"),
            _l("Ce que le coin y gagne, et l’aide qui n’est pas de l’argent."),
            PromisesForm,
            ("details",),
        ),
    )
}
# Why each point of the checklist matters: (what is missing, why).
POINTS: Mapping[str, tuple[LazyString, LazyString]] = {
    "uses": (
        _l("Le budget, ligne par ligne"),
        _l("On donne plus volontiers quand on voit à quoi sert chaque euro."),
    ),
    "suppliers": (
        _l("Le fournisseur et sa commune, pour chaque dépense"),
        _l("La part dépensée près d’ici se calcule alors toute seule, et se montre."),
    ),
    "photo": (_l("Une photo"), _l("Un vrai lieu, de vrais visages : c’est ce qu’on regarde en premier.")),
    "story": (
        _l("Une histoire plus longue"),
        _l("En quelques paragraphes, on comprend ; en deux phrases, on doute."),
    ),
    "team": (_l("L’équipe"), _l("On confie son argent à des personnes avant de le confier à un projet.")),
    "risks": (
        _l("Trois risques, avec vos mots"),
        _l("Un projet sans risque n’existe pas. La relecture refuse les risques trop généraux."),
    ),
    "promises": (
        _l("Une promesse en chiffres"),
        _l("Des emplois, des achats d’ici : ce que le coin y gagne, et qu’on pourra vérifier."),
    ),
}


def named(name: str) -> Section:
    """Return a section by its name. Raises NotFound."""
    if name not in SECTIONS:
        raise NotFound(name)
    return SECTIONS[name]


def after(section: Section) -> Section | None:
    """Return the section that follows, None after the last one."""
    names = list(SECTIONS)
    following = names[names.index(section.name) + 1 :]
    return SECTIONS[following[0]] if following else None


def of_problem(problem: Problem) -> str:
    """Return the name of the section in which a problem is put right."""
    field = problem.field.partition("-")[0]
    if field == "story_markdown":
        return "histoire"
    if field == "team" or field.startswith("risk_"):
        return "equipe"
    if field in {"needs", "jobs_created", "jobs_kept", "purchases_percent", "words"}:
        return "promesses"
    if field == "sources" or field in SECTIONS["argent"].keeps:
        return "argent"
    return "projet" if field in SECTIONS["projet"].keeps else "regle"


@dataclass(frozen=True)
class Step:
    """A section in the list of all. problems: how many points keep it from being sent; missing: advice left."""

    section: Section
    problems: int
    missing: int


def steps(problems: Iterable[Problem], complete: Completeness) -> list[Step]:
    """Return every section with what is left to do in it."""
    wrong = [of_problem(problem) for problem in problems]
    advised = [point.section for point in complete.missing]
    return [Step(one, wrong.count(name), advised.count(name)) for name, one in SECTIONS.items()]


def words() -> dict[str, Any]:
    """Return what a template needs to name sections and points."""
    return {"sections": SECTIONS, "points": POINTS}
