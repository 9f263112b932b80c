"""What makes a campaign worth trusting: other money, photographs, documents, team, risks, promises, needs. Pure.

Everything is optional; what is begun must be whole before the campaign is sent.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

SOURCE_KINDS = ("own", "grant", "bank", "other")
NEED_KINDS = ("skill", "tool", "hours")
DOCUMENT_KINDS = ("statutes", "accounts", "quote", "permit", "plan", "other")
# The seven kinds of delegated regulation (EU) 2022/2119, annex, part C.
RISKS = ("project", "sector", "default", "returns", "platform", "liquidity", "other")
MOST_SOURCES, MOST_MEMBERS, MOST_NEEDS, MOST_PHOTOS, MOST_DOCUMENTS = 6, 8, 8, 8, 6
LINE_LENGTH = range(2, 121)
WORDS_LENGTH = range(601)
RISK_LENGTH = range(20, 601)
# A draft may hold a longer one, so that nothing typed is lost.
MOST_STORED = 2_000
MOST_PERCENT, MOST_JOBS = 100, 9_999

T = TypeVar("T")
# A field of the form ("team-0-name"), a reason code, and what its sentence needs.
Wrong = tuple[str, str, Mapping[str, Any]]


@dataclass(frozen=True)
class Source:
    """Other money of the same budget. kind: of `SOURCE_KINDS`; certain: it is promised in writing or in the bank."""

    kind: str | None = None
    label: str = ""
    cents: int | None = None
    certain: bool = False


@dataclass(frozen=True)
class Photo:
    """A photograph, kept in two sizes named by their SHA-256. alt: what it shows, for those who do not see it."""

    alt: str
    large: str
    small: str
    width: int
    height: int


@dataclass(frozen=True)
class Document:
    """A PDF, named by its SHA-256. kind: of `DOCUMENT_KINDS`; public: everybody may read it, else its readers alone."""

    title: str
    kind: str
    public: bool
    name: str
    pages: int
    size: int  # in bytes


@dataclass(frozen=True)
class Member:
    """One person of the team. words: what they have done before, what they will do."""

    name: str = ""
    role: str = ""
    words: str = ""


@dataclass(frozen=True)
class Promises:
    """What the project promises its neighbourhood, in figures; None: nothing promised."""

    jobs_created: int | None = None
    jobs_kept: int | None = None
    purchases_percent: int | None = None  # of yearly purchases, within 30 km
    words: str = ""


@dataclass(frozen=True)
class Need:
    """Help that is not money. kind: of `NEED_KINDS`."""

    kind: str | None = None
    label: str = ""
    hours: int | None = None


@dataclass(frozen=True)
class Details:
    """All of it. risks: text by kind of `RISKS`, in that order, those that are written only."""

    sources: tuple[Source, ...] = ()
    photos: tuple[Photo, ...] = ()
    documents: tuple[Document, ...] = ()
    team: tuple[Member, ...] = ()
    risks: Mapping[str, str] = field(default_factory=dict)
    promises: Promises = Promises()
    needs: tuple[Need, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return JSON values; `from_json` reads them back."""
        return {
            "sources": [asdict(one) for one in self.sources],
            "photos": [asdict(one) for one in self.photos],
            "documents": [asdict(one) for one in self.documents],
            "team": [asdict(one) for one in self.team],
            "risks": dict(self.risks),
            "promises": asdict(self.promises),
            "needs": [asdict(one) for one in self.needs],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Details":
        """Read what `as_json` wrote; what an older one did not know is empty."""
        return cls(
            sources=tuple(Source(**one) for one in values.get("sources", ())),
            photos=tuple(Photo(**one) for one in values.get("photos", ())),
            documents=tuple(Document(**one) for one in values.get("documents", ())),
            team=tuple(Member(**one) for one in values.get("team", ())),
            risks={kind: values["risks"][kind] for kind in RISKS if kind in values.get("risks", {})},
            promises=Promises(**values.get("promises", {})),
            needs=tuple(Need(**one) for one in values.get("needs", ())),
        )

    def texts(self) -> Iterator[str]:
        """Yield every text an owner wrote, for those who read over them."""
        for line in (*self.sources, *self.photos, *self.team, self.promises, *self.needs):
            yield from (getattr(line, name) for name in _WRITTEN if getattr(line, name, ""))
        yield from (one.title for one in self.documents)
        yield from self.risks.values()


NONE = Details()
_WRITTEN = ("label", "alt", "name", "role", "words")


def cleaned(details: Details, clean: Callable[[str], str]) -> Details:
    """Return the details as they are stored: texts cleaned, lines on which nothing is written left out."""
    return replace(
        details,
        sources=_lines(details.sources, clean),
        photos=tuple(_clean(one, clean) for one in details.photos),
        team=_lines(details.team, clean),
        risks={kind: text for kind in RISKS if (text := clean(details.risks.get(kind, "")))},
        promises=_clean(details.promises, clean),
        needs=_lines(details.needs, clean),
    )


def other_cents(details: Details) -> int:
    """Return the other money of the budget, in cents."""
    return sum(source.cents or 0 for source in details.sources)


def problems(details: Details) -> Iterator[Wrong]:
    """Yield what keeps the details from being sent: lines that were begun and are not whole, figures out of bounds."""
    for number, source in enumerate(details.sources):
        yield from _chosen(f"sources-{number}-kind", source.kind, SOURCE_KINDS)
        yield from _line(f"sources-{number}-label", source.label)
        if not source.cents or source.cents <= 0:
            yield f"sources-{number}-cents", "amount_not_positive", {}
    for number, member in enumerate(details.team):
        yield from _line(f"team-{number}-name", member.name)
        yield from _line(f"team-{number}-role", member.role)
        yield from _long(f"team-{number}-words", member.words)
    for kind, text in details.risks.items():
        if text and len(text) < RISK_LENGTH.start:
            yield f"risk_{kind}", "risk_too_short", {"least": RISK_LENGTH.start, "length": len(text)}
        yield from _long(f"risk_{kind}", text)
    yield from _promises(details.promises)
    for number, need in enumerate(details.needs):
        yield from _chosen(f"needs-{number}-kind", need.kind, NEED_KINDS)
        yield from _line(f"needs-{number}-label", need.label)


def longest(details: Details) -> int:
    """Return the length of the longest text."""
    return max(map(len, details.texts()), default=0)


def _promises(promises: Promises) -> Iterator[Wrong]:
    if promises.purchases_percent is not None and promises.purchases_percent > MOST_PERCENT:
        yield "purchases_percent", "detail_percent_too_high", {}
    for name in ("jobs_created", "jobs_kept"):
        if (getattr(promises, name) or 0) > MOST_JOBS:
            yield name, "detail_jobs_too_many", {"most": MOST_JOBS}
    yield from _long("words", promises.words)


def _chosen(place: str, value: str | None, allowed: tuple[str, ...]) -> Iterator[Wrong]:
    if value not in allowed:
        yield place, "detail_kind_missing", {}


def _line(place: str, text: str) -> Iterator[Wrong]:
    if len(text) < LINE_LENGTH.start:
        yield place, "detail_missing", {}
    elif len(text) >= LINE_LENGTH.stop:
        yield place, "detail_too_long", {"most": LINE_LENGTH.stop - 1, "length": len(text)}


def _long(place: str, text: str) -> Iterator[Wrong]:
    if len(text) >= WORDS_LENGTH.stop:
        yield place, "detail_too_long", {"most": WORDS_LENGTH.stop - 1, "length": len(text)}


def _lines(lines: tuple[T, ...], clean: Callable[[str], str]) -> tuple[T, ...]:
    kept = (_clean(one, clean) for one in lines)
    return tuple(one for one in kept if any(getattr(one, item.name) for item in fields(one)))  # type: ignore[arg-type]


def _clean(line: T, clean: Callable[[str], str]) -> T:
    texts = {name: clean(getattr(line, name)) for name in _WRITTEN if hasattr(line, name)}
    return replace(line, **texts)  # type: ignore[type-var]
