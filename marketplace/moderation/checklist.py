"""What a machine can see in a campaign before a person reads it. Pure; a finding is a hint, never a decision."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from marketplace.locality.limits import LEVEL_1_CAP
from marketplace.projects.rules import Content, Problem

Tone = Literal["ok", "warn", "bad"]

# A threshold under this share of the goal rarely pays for the project; a cap over this many goals asks a question.
LOW_THRESHOLD_PERCENT = 30
HIGH_CAP_PERCENT = 200

_PROMISES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bgaranti\w{0,8}\b",
        r"\bsans\s+(?:aucun\s+|le\s+moindre\s+)?risques?\b",
        r"\brisque\s+(?:nul|zéro)\b",
        r"\bplacements?\s+sûrs?\b",
        r"\b(?:rendement|gain|remboursement)s?\s+assurée?s?\b",
    )
)
_CONTACTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}",
        r"(?<!\d)(?:\+33\s?|0)[1-9](?:[\s.-]?\d{2}){4}(?!\d)",
        r"\bFR\d{2}(?:\s?[0-9A-Z]{4}){5}\s?[0-9A-Z]{3}\b",
    )
)
_AROUND = 40
_AMOUNTS = ("threshold_cents", "goal_cents", "hard_cap_cents", "minimum_cents")
_TEXTS = ("name", "title", "summary", "story_markdown", "sector", "legal_form")
_ELSEWHERE = frozenset((*_AMOUNTS, *_TEXTS, "ends_on", "commune_code"))


@dataclass(frozen=True)
class Finding:
    """One automatic check. tone: ok, warn (to look at) or bad (keeps from publishing); facts: what a sentence needs."""

    code: str
    tone: Tone
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Extract:
    """A passage found, with the words around it."""

    before: str
    found: str
    after: str


def findings(content: Content, problems: Iterable[Problem], *, today: date) -> tuple[Finding, ...]:
    """Return every automatic check, those that hold too, so that a moderator knows what was looked at.

    problems: what the rules of campaigns say today. today: in Paris.
    """
    problems = tuple(problems)
    return (
        _rules("amounts_coherent", problems, _AMOUNTS),
        *_amounts(content),
        _uses(content, problems),
        _rules("dates_allowed", problems, ("ends_on",))
        if problems or content.ends_on is None
        else _dates(content, today),
        _rules("commune_known", problems, ("commune_code",)),
        _rules("texts_complete", problems, _TEXTS),
        # What is left are the instrument and the rule, whose fields depend on what the owner chose.
        _rules("conditions_allowed", problems, {problem.field for problem in problems} - _ELSEWHERE),
        _texts("promises", content, _PROMISES),
        _texts("contacts", content, _CONTACTS),
    )


def _rules(code: str, problems: Iterable[Problem], names: Iterable[str]) -> Finding:
    broken = tuple(problem for problem in problems if problem.field in names)
    return Finding(code, "bad" if broken else "ok", {"problems": broken})


def _dates(content: Content, today: date) -> Finding:
    assert content.ends_on is not None
    return Finding("dates_allowed", "ok", {"problems": (), "days": (content.ends_on - today).days})


def _amounts(content: Content) -> list[Finding]:
    found = []
    if content.threshold_cents and content.goal_cents:
        share = content.threshold_cents * 100 // content.goal_cents
        if share < LOW_THRESHOLD_PERCENT:
            found.append(Finding("threshold_low", "warn", {"percent": share}))
    if content.goal_cents and content.hard_cap_cents:
        share = content.hard_cap_cents * 100 // content.goal_cents
        if share > HIGH_CAP_PERCENT:
            found.append(Finding("hard_cap_high", "warn", {"percent": share}))
    if content.minimum_cents > LEVEL_1_CAP:
        found.append(Finding("minimum_above_declared", "warn", {"most_cents": LEVEL_1_CAP}))
    return found


def _uses(content: Content, problems: Iterable[Problem]) -> Finding:
    """Look at the lines of what the money is for: none is allowed, and worth a question."""
    broken = tuple(problem for problem in problems if problem.field.startswith("uses"))
    if broken or content.uses:
        return Finding("uses_add_up", "bad" if broken else "ok", {"problems": broken})
    return Finding("uses_missing", "warn")


def _texts(code: str, content: Content, patterns: Iterable[re.Pattern[str]]) -> Finding:
    extracts = tuple(
        extract
        for text in (content.name, content.title, content.summary, content.story_markdown, *content.details.texts())
        for extract in search(text, patterns)
    )
    return Finding(code, "warn" if extracts else "ok", {"extracts": extracts})


def search(text: str, patterns: Iterable[re.Pattern[str]]) -> list[Extract]:
    """Return the passages of a text that match, in order, each with some words around it."""
    # Letters may be parted by characters that do not show, and looked at in other shapes.
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    spans = sorted({match.span() for pattern in patterns for match in pattern.finditer(plain)})
    return [
        Extract(plain[max(0, start - _AROUND) : start], plain[start:end], plain[end : end + _AROUND])
        for start, end in spans
    ]
