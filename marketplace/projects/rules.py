"""What a campaign may be, and how it may change. Pure: values in, reason codes out, never sentences."""

import dataclasses
import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal

from marketplace.locality import presets
from marketplace.locality.presets import Options
from marketplace.projects import days, details, instruments, terms, uses
from marketplace.projects.details import Details
from marketplace.projects.terms import Terms
from marketplace.projects.uses import Use

State = Literal[
    "draft",
    "submitted",
    "changes_requested",
    "refused",
    "live",
    "closing",
    "collecting",
    "funded",
    "failed",
    "cancelled",
    "suspended",
]

# From each state, the states one step away. Everything else is refused by `may_move`.
# live closes at the deadline; closing waits for the last reflection period; collecting charges the pledges. A material
# error suspends, for 30 days at most.
MOVES: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"submitted"}),
    "submitted": frozenset({"draft", "changes_requested", "refused", "live"}),
    "changes_requested": frozenset({"submitted"}),
    # Only a re-examination leads out of a refusal.
    "refused": frozenset({"changes_requested"}),
    "live": frozenset({"closing", "cancelled", "suspended"}),
    "closing": frozenset({"collecting", "failed", "cancelled"}),
    "collecting": frozenset({"funded", "failed"}),
    "funded": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
    "suspended": frozenset({"live", "cancelled"}),
}
STATES = tuple(MOVES)
FIRST_STATE = "draft"
EDITABLE = frozenset({"draft", "changes_requested"})
PUBLIC = frozenset({"live", "suspended", "closing", "collecting", "funded", "failed", "cancelled"})
# Published, and its end is not decided by time.
RUNNING = frozenset({"live", "suspended"})

INSTRUMENTS = tuple(instruments.INSTRUMENTS)
RULE_PRESETS = presets.PRESETS
LEGAL_FORMS = ("association", "scop", "scic", "sas", "sarl", "ei", "commune", "autre")
# A lead sends the campaign, sees to its money and to the other owners; an editor writes.
OWNER_ROLES = ("lead", "editor")
# French nouns, as the drawings of `web.covers` are named.
SECTORS = (
    "alimentation",
    "agriculture",
    "energie",
    "commerce",
    "artisanat",
    "culture",
    "education",
    "sante",
    "habitat",
    "mobilite",
    "environnement",
    "sport",
    "services",
    "autre",
)

# Amounts in cents. CMF art. D. 548-1: 5 000 € lent free of interest by one person to one project.
FREE_LOAN_PER_LENDER_CENTS = 5_000_00
LEAST_PLEDGE_CENTS = 10_00
NAME_LENGTH = range(2, 91)
TITLE_LENGTH = range(5, 91)
SUMMARY_LENGTH = range(1, 241)
STORY_LENGTH = range(50, 20_001)
# A draft may be longer than what may be submitted, so that nothing typed is lost; not without end.
STORED_LENGTH: Mapping[str, int] = {"name": 300, "title": 300, "summary": 1_000, "story_markdown": 40_000}
# A person may have this many campaigns not yet submitted: more is a robot or a double click.
MOST_DRAFTS = 20

# Direction marks can show a text in another order than it is stored in; joiners and variation selectors are kept.
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True)
class Content:
    """What an owner writes. Everything may be missing in a draft. Amounts in cents; ends_on is the last day.

    opens_on: the first day, None when it opens as soon as it is published.
    """

    name: str = ""
    commune_code: str | None = None
    sector: str | None = None
    legal_form: str | None = None
    title: str = ""
    summary: str = ""
    story_markdown: str = ""
    instrument: str | None = None
    loan_months: int | None = None
    threshold_cents: int | None = None
    goal_cents: int | None = None
    hard_cap_cents: int | None = None
    minimum_cents: int = LEAST_PLEDGE_CENTS
    uses: tuple[Use, ...] = ()
    opens_on: date | None = None
    ends_on: date | None = None
    rule_preset: str | None = None
    rule_options: Options = presets.NONE
    details: Details = details.NONE
    terms: Terms = terms.NONE

    def first_day(self, today: date) -> date:
        """Return the day it opens if it is published today, in Paris: a first day that is past holds nobody up."""
        return max(self.opens_on or today, today)

    def as_json(self) -> dict[str, Any]:
        """Return the content as JSON values; `from_json` reads it back."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return values | {
            "opens_on": self.opens_on and self.opens_on.isoformat(),
            "ends_on": self.ends_on and self.ends_on.isoformat(),
            "uses": [use.as_json() for use in self.uses],
            "rule_options": self.rule_options.as_json(),
            "details": self.details.as_json(),
            "terms": self.terms.as_json(),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Content":
        """Read what `as_json` wrote."""
        opens_on, ends_on = values.get("opens_on"), values["ends_on"]
        read = {
            "opens_on": date.fromisoformat(opens_on) if opens_on else None,
            "ends_on": date.fromisoformat(ends_on) if ends_on else None,
            "uses": uses.read(values.get("uses", ())),
            "rule_options": Options.from_json(values.get("rule_options", {})),
            "details": Details.from_json(values.get("details", {})),
            "terms": Terms.from_json(values.get("terms", {})),
        }
        return cls(**{**values, **read})


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a campaign from being submitted. facts: what the sentence needs (cents, dates, numbers)."""

    code: str
    field: str
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def may_move(old: str, new: str) -> bool:
    """Tell whether a campaign may go from one state to another, by the table `MOVES`."""
    return new in MOVES.get(old, frozenset())


def fold(steps: Iterable[tuple[str | None, str]]) -> str | None:
    """Return the state a history leads to, None when the history is broken.

    steps: (old state, new state) in order; the first one has no old state.
    """
    state: str | None = None
    for number, (old, new) in enumerate(steps):
        legal = (old is None and new == FIRST_STATE) if number == 0 else (old == state and may_move(str(old), new))
        if not legal:
            return None
        state = new
    return state


def clean_line(text: str) -> str:
    """Return a one-line text as it is stored: composed, no control or direction character, single spaces."""
    return " ".join(_clean(text).split())


def clean_text(text: str) -> str:
    """Return a text of several lines as it is stored: composed, line feeds only, no control character."""
    return _clean(text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")


def _clean(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        c for c in composed if c in "\n\t" or not (unicodedata.category(c) in {"Cc", "Cs"} or c in _DIRECTION_MARKS)
    )


def problems(content: Content, *, population: int | None, today: date) -> tuple[Problem, ...]:
    """Return everything that keeps a campaign from being submitted or approved, in the order of the form.

    population: of the project's commune, None when no such commune exists. today: in Paris.
    """
    return (
        *_project_problems(content, population),
        *_length_problems(content),
        *_money_problems(content),
        *_date_problems(content, today),
        *rule_problems(content, today),
        *(Problem(code, place, facts) for place, code, facts in details.problems(content.details)),
    )


def _choice(name: str, value: str | None, allowed: Iterable[str]) -> list[Problem]:
    if value is None:
        return [Problem(f"{name}_missing", name)]
    return [] if value in allowed else [Problem(f"{name}_unknown", name)]


def _project_problems(content: Content, population: int | None) -> list[Problem]:
    found = []
    if content.commune_code is None:
        found.append(Problem("project_commune_missing", "commune_code"))
    elif population is None:
        found.append(Problem("project_commune_unknown", "commune_code"))
    elif population == 0:
        found.append(Problem("project_commune_uninhabited", "commune_code"))
    return [
        *found,
        *_choice("sector", content.sector, SECTORS),
        *_choice("legal_form", content.legal_form, LEGAL_FORMS),
    ]


def _length_problems(content: Content) -> list[Problem]:
    found = []
    for name, text, allowed in (
        ("name", content.name, NAME_LENGTH),
        ("title", content.title, TITLE_LENGTH),
        ("summary", content.summary, SUMMARY_LENGTH),
        ("story_markdown", content.story_markdown, STORY_LENGTH),
    ):
        word = "project_name" if name == "name" else name.removesuffix("_markdown")
        if not text.strip():
            found.append(Problem(f"{word}_missing", name))
        elif len(text) < allowed.start:
            found.append(Problem(f"{word}_too_short", name, {"least": allowed.start, "length": len(text)}))
        elif len(text) >= allowed.stop:
            found.append(Problem(f"{word}_too_long", name, {"most": allowed.stop - 1, "length": len(text)}))
    return found


def _money_problems(content: Content) -> list[Problem]:
    found = [*_choice("instrument", content.instrument, INSTRUMENTS), *_loan_problems(content)]
    amounts = ("threshold_cents", "goal_cents", "hard_cap_cents")
    for name in amounts:
        cents = getattr(content, name)
        if cents is None:
            found.append(Problem(f"{name.removesuffix('_cents')}_missing", name))
        elif cents <= 0:
            found.append(Problem("amount_not_positive", name))
    if content.threshold_cents and content.goal_cents and content.threshold_cents > content.goal_cents:
        found.append(Problem("threshold_above_goal", "threshold_cents", {"goal_cents": content.goal_cents}))
    if content.goal_cents and content.hard_cap_cents and content.goal_cents > content.hard_cap_cents:
        found.append(Problem("hard_cap_below_goal", "hard_cap_cents", {"goal_cents": content.goal_cents}))
    most = most_cents(content.instrument)
    if content.hard_cap_cents and content.hard_cap_cents > most:
        found.append(Problem("hard_cap_too_high", "hard_cap_cents", {"most_cents": most}))
    return [*found, *_minimum_problems(content), *_use_problems(content)]


def _use_problems(content: Content) -> list[Problem]:
    """Check the lines of what the money is for: none, or lines that are whole and add up to the goal and other money.

    Their field is "uses" for all of them, "uses-<number from 0>-label" or "-cents" for one.
    """
    found = []
    for number, use in enumerate(content.uses):
        line, length = f"uses-{number}", len(use.label)
        if length < uses.LABEL_LENGTH.start:
            found.append(Problem("use_label_missing", f"{line}-label"))
        elif length >= uses.LABEL_LENGTH.stop:
            found.append(
                Problem("use_label_too_long", f"{line}-label", {"most": uses.LABEL_LENGTH.stop - 1, "length": length})
            )
        if use.cents is None:
            found.append(Problem("use_amount_missing", f"{line}-cents"))
        elif use.cents <= 0:
            found.append(Problem("amount_not_positive", f"{line}-cents"))
        if len(use.supplier) >= uses.LABEL_LENGTH.stop:
            most = uses.LABEL_LENGTH.stop - 1
            found.append(Problem("detail_too_long", f"{line}-supplier", {"most": most, "length": len(use.supplier)}))
    spent, other = uses.total(content.uses), details.other_cents(content.details)
    if content.uses and not found and content.goal_cents and spent != content.goal_cents + other:
        found.append(
            Problem(
                "uses_differ_from_goal",
                "uses",
                {"total_cents": spent, "goal_cents": content.goal_cents, "other_cents": other},
            )
        )
    return found


def most_cents(instrument: str | None) -> int:
    """Return how much one campaign may raise with an instrument, in cents; of an unknown one, the least of all."""
    known = instruments.INSTRUMENTS.get(instrument or "", instruments.INSTRUMENTS["gift"])
    return known.most_cents


def _loan_problems(content: Content) -> list[Problem]:
    """Check the duration: what is repaid has one, a gift or a share has none."""
    known = instruments.INSTRUMENTS.get(content.instrument or "")
    if known is None:
        return []
    if known.months is None:
        return [] if content.loan_months is None else [Problem("loan_months_on_gift", "loan_months")]
    if content.loan_months is None:
        return [Problem("loan_months_missing", "loan_months")]
    if content.loan_months in known.months:
        return []
    least, most = known.months.start, known.months.stop - 1
    return [Problem("loan_months_out_of_range", "loan_months", {"least": least, "most": most})]


def _minimum_problems(content: Content) -> list[Problem]:
    name = "minimum_cents"
    if content.minimum_cents < LEAST_PLEDGE_CENTS:
        return [Problem("minimum_too_low", name, {"least_cents": LEAST_PLEDGE_CENTS})]
    if content.instrument == "interest_free_loan" and content.minimum_cents > FREE_LOAN_PER_LENDER_CENTS:
        return [Problem("minimum_above_loan_limit", name, {"most_cents": FREE_LOAN_PER_LENDER_CENTS})]
    if content.hard_cap_cents and content.minimum_cents > content.hard_cap_cents:
        return [Problem("minimum_above_hard_cap", name, {"hard_cap_cents": content.hard_cap_cents})]
    return []


def _date_problems(content: Content, today: date) -> list[Problem]:
    latest = today + days.MOST_AHEAD
    if content.opens_on is not None and content.opens_on > latest:
        return [Problem("opens_too_late", "opens_on", {"last": latest, "most": days.MOST_AHEAD.days})]
    first, last = days.ends_between(content.first_day(today))
    if content.ends_on is None:
        return [Problem("ends_on_missing", "ends_on", {"first": first, "last": last})]
    if content.ends_on < first:
        return [Problem("ends_too_soon", "ends_on", {"first": first, "least": days.LISTING_DAYS.start})]
    if content.ends_on > last:
        return [Problem("ends_too_late", "ends_on", {"last": last, "most": days.LISTING_DAYS.stop - 1})]
    return []


def form_of_organisation(legal_form: str) -> str:
    """Return what a project of an organisation has for a legal form. legal_form: of `accounts.rules`."""
    return legal_form if legal_form in LEGAL_FORMS else "autre"


def carrier_problems(content: Content, legal_form: str | None) -> list[Problem]:
    """Return what does not fit who carries the project. legal_form: of the organisation, None for a person."""
    if legal_form is None or content.legal_form in {None, form_of_organisation(legal_form)}:
        return []
    return [Problem("legal_form_not_of_carrier", "legal_form", {})]


def rule_problems(content: Content, today: date) -> list[Problem]:
    """Return what is wrong with the rule alone, as far as figures tell. today: in Paris."""
    if content.rule_preset not in RULE_PRESETS:
        return _choice("rule_preset", content.rule_preset, RULE_PRESETS)
    wrong = presets.problems(content.rule_preset, content.rule_options)
    found = [Problem(code, field, facts) for field, code, facts in wrong]
    if found or not content.ends_on:
        return found
    alone = presets.days_before_all(content.rule_preset, content.rule_options)
    if alone and alone >= (content.ends_on - content.first_day(today)).days:
        last = len(content.rule_options.rings) - 1
        field = f"rings-{last}-opens_after" if last >= 0 else "first_days"
        found.append(Problem("rule_turns_past_end", field, {"days": alone}))
    return found


def terms_digest(terms: Mapping[str, Any]) -> str:
    """Return the SHA-256 of frozen terms, over JSON with sorted keys and no spaces."""
    return hashlib.sha256(
        json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()
