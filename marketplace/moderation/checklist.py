"""What a machine can see in a campaign before a person reads it. Pure; a finding is a hint, never a decision."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from marketplace.locality.limits import LEVEL_1_CAP
from marketplace.projects import sheet_parts
from marketplace.projects.rules import Content, Problem
from marketplace.projects.spending import Spending

Tone = Literal["ok", "warn", "bad"]

# A threshold under this share of the goal rarely pays for the project; a cap over this many goals asks a question.
LOW_THRESHOLD_PERCENT = 30
HIGH_CAP_PERCENT = 200

# Under this part of the spending near the project, one asks what is local about it. Ours: docs/moderation.md.
LOCAL_SHARE_PERCENT = 50

# Told in the same words from this likeness on; two honest bakeries come to about 60.
ALIKE_PERCENT = 85
# Whoever answers under these forms has no number of an organisation to show: a sole trader's is asked for in writing.
WITHOUT_NUMBER = frozenset({"commune", "autre"})
# Accents are often left out, above all on capitals: each of these words is recognised with and without.
_PROMISES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bgaranti\w{0,8}\b",
        r"\bsans\s+(?:aucun\s+|le\s+moindre\s+)?(?:risques?|dangers?)\b",
        r"\b(?:aucun|z[ée]ro|0)\s+risque\b",
        r"\brisque\s+(?:nul|z[ée]ro)\b",
        # "placement sur" begins many honest sentences ("sur cinq ans"): without its accent it must end one.
        r"\b(?:placement|investissement|[ée]pargne)s?\s+(?:s[ûu]rs|s[ûu]res?|sûr|sur(?=\s*(?:[.,;:!?…)]|$)))\b",
        r"\b100\s*%\s*s[ûu]re?s?\b",
        r"\b(?:rendement|gain|remboursement|profit)s?\s+(?:assur[ée]e?s?|certaine?s?)\b",
        r"\bcapital\s+prot[ée]g[ée]\b",
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
_ELSEWHERE = frozenset((*_AMOUNTS, *_TEXTS, "opens_on", "ends_on", "commune_code"))


@dataclass(frozen=True)
class Finding:
    """One automatic check. tone: ok, warn (to look at) or bad (keeps from publishing); facts: what a sentence needs."""

    code: str
    tone: Tone
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Body:
    """An organisation of the owner. verified: its number was found in the public directory by an administrator."""

    name: str
    number: str | None
    verified: bool


@dataclass(frozen=True)
class Other:
    """The words of another campaign."""

    campaign_id: UUID
    title: str
    story: str


@dataclass(frozen=True)
class Near:
    """A campaign told in nearly the same words. percent: how alike."""

    campaign_id: UUID
    title: str
    percent: int


@dataclass(frozen=True)
class Extract:
    """A passage found, with the words around it."""

    before: str
    found: str
    after: str


def findings(
    content: Content,
    problems: Iterable[Problem],
    *,
    today: date,
    bodies: Iterable[Body] = (),
    others: Iterable[Other] = (),
    spent: Spending | None = None,
) -> tuple[Finding, ...]:
    """Return every automatic check, those that hold too, so that a moderator knows what was looked at.

    problems: what the rules of campaigns say today. today: in Paris. bodies: the owner's organisations.
    others: campaigns whose texts this one may repeat. spent: where the money goes, None where no line says it.
    """
    problems = tuple(problems)
    told = {problem.field for problem in problems} - _ELSEWHERE
    return (
        _rules("amounts_coherent", problems, _AMOUNTS),
        *_amounts(content),
        _uses(content, problems),
        *_local(spent),
        _rules("dates_allowed", problems, ("opens_on", "ends_on"))
        if problems or content.ends_on is None
        else _dates(content, today),
        _rules("commune_known", problems, ("commune_code",)),
        _rules("texts_complete", problems, _TEXTS),
        # What is left are the instrument and the rule, whose fields depend on what the owner chose.
        _rules("conditions_allowed", problems, {name for name in told if not name.startswith("uses")}),
        *_sheet(content, problems),
        _texts("promises", content, _PROMISES),
        _texts("contacts", content, _CONTACTS),
        _registered(content, bodies),
        _repeated(content, others),
    )


def listed(content: Content) -> tuple[Finding, ...]:
    """Return what can be seen from the words and amounts alone, for the list."""
    return (*_amounts(content), _texts("promises", content, _PROMISES), _texts("contacts", content, _CONTACTS))


def _registered(content: Content, bodies: Iterable[Body]) -> Finding:
    """Compare the legal form with the owner's organisations: a number, and found in the public directory."""
    bodies = tuple(bodies)
    if content.legal_form in WITHOUT_NUMBER:
        return Finding("registered", "ok", {"name": None, "number": None})
    known = [body for body in bodies if body.verified]
    if known:
        return Finding("registered", "ok", {"name": known[0].name, "number": known[0].number})
    return Finding("unverified" if bodies else "unregistered", "warn", {"names": [body.name for body in bodies]})


def _repeated(content: Content, others: Iterable[Other]) -> Finding:
    """Look for campaigns told in the same words. Spaces, case and punctuation do not count."""
    near = [
        Near(other.campaign_id, other.title, int(score))
        for other in others
        if (score := _likeness(content.story_markdown, other.story)) >= ALIKE_PERCENT
    ]
    near.sort(key=lambda one: (-one.percent, str(one.campaign_id)))
    return Finding("repeated", "warn" if near else "ok", {"near": tuple(near[:5])})


def _likeness(one: str, other: str) -> float:
    return float(fuzz.token_sort_ratio(one, other, processor=default_process, score_cutoff=ALIKE_PERCENT))


def _rules(code: str, problems: Iterable[Problem], names: Iterable[str]) -> Finding:
    broken = tuple(problem for problem in problems if problem.field in names)
    return Finding(code, "bad" if broken else "ok", {"problems": broken})


def _dates(content: Content, today: date) -> Finding:
    assert content.ends_on is not None
    return Finding("dates_allowed", "ok", {"problems": (), "days": (content.ends_on - content.first_day(today)).days})


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


def _local(spent: Spending | None) -> list[Finding]:
    """Say how much is spent near the project. Lines without a commune count as far: never more than is true."""
    if spent is None:
        return []
    share = spent.near_percent
    return [
        Finding("local_share", "ok" if share >= LOCAL_SHARE_PERCENT else "warn", {"percent": share, "spent": spent})
    ]


def _sheet(content: Content, problems: Iterable[Problem]) -> list[Finding]:
    """Say what the key information sheet lacks, where there is one; what the rules ask for bars publication."""
    if not sheet_parts.needs(content):
        return []
    gaps = sheet_parts.gaps(content)
    refused = {problem.field for problem in problems} & {gap.name for gap in gaps}
    return [Finding("sheet_whole", "bad" if refused else "warn" if gaps else "ok", {"gaps": gaps})]


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
