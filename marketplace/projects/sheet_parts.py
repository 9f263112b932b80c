"""What each part of the key information sheet needs before it is whole. Pure.

Sources: regulation (EU) 2020/1503 art. 23 and annex I; delegated regulation (EU) 2022/2119. Parts E and H, and what the
platform itself answers for, are written by us and cannot be missing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from marketplace.projects.details import RISKS
from marketplace.projects.instruments import INSTRUMENTS, SHEET, Instrument
from marketplace.projects.rules import Content

# Of the seven kinds, those that only an owner can tell. That the platform may end, and that money cannot be taken out,
# is true of every offer and said by us; the owner may add to it.
OWN_RISKS = tuple(kind for kind in RISKS if kind not in {"platform", "liquidity"})
# Where something is written: a section of the editor, or the page of terms.
CONDITIONS = "conditions"
_RIGHTS = frozenset({"colleges", "board", "admission_days", "withdrawal"})


@dataclass(frozen=True)
class Need:
    """One thing a part must say. part: its letter; name: of the field, "risk_…" for a risk; section: where to write."""

    part: str
    name: str
    section: str


def needs(content: Content) -> tuple[Need, ...]:
    """Return all that the sheet of a content must say, by part, nothing where there is no sheet."""
    known = INSTRUMENTS.get(content.instrument or "")
    if known is None or known.sheet is None:
        return ()
    return tuple(_needs(known))


def _needs(known: Instrument) -> Iterator[Need]:
    for name in ("name", "legal_form", "commune_code", "sector", "summary"):
        yield Need("A", name, "projet")
    yield Need("A", "team", "equipe")
    for name in ("responsible", "naf", "accounts"):
        yield Need("A", name, CONDITIONS)
    for name in ("uses", "threshold_cents", "goal_cents", "hard_cap_cents", "ends_on"):
        yield Need("A" if name == "uses" else "B", name, "argent")
    yield Need("B", "own_funds_cents", CONDITIONS)
    for kind in OWN_RISKS:
        yield Need("C", f"risk_{kind}", "equipe")
    middle = "G" if known.sheet == "loan" else "D"
    if known.months is not None:
        yield Need(middle, "loan_months", CONDITIONS)
    for name in known.terms:
        if name in known.required and name not in SHEET:
            yield Need("F" if name in _RIGHTS else middle, name, CONDITIONS)


def gaps(content: Content) -> tuple[Need, ...]:
    """Return what is missing, in the order of the sheet; nothing where it is whole, or where there is no sheet."""
    return tuple(sorted((need for need in needs(content) if not _said(content, need.name)), key=_by_part))


def _by_part(need: Need) -> str:
    return need.part


# What is not a field of the same name. One rate, or one for each circle.
_ELSEWHERE: dict[str, Callable[[Content], object]] = {
    "team": lambda content: content.details.team,
    "rate_bp": lambda content: content.terms.rates(),
}


def _said(content: Content, name: str) -> bool:
    if name.startswith("risk_"):
        value: object = content.details.risks.get(name.removeprefix("risk_"), "")
    elif name in _ELSEWHERE:
        value = _ELSEWHERE[name](content)
    else:
        value = getattr(content, name) if hasattr(content, name) else getattr(content.terms, name)
    return bool(value.strip()) if isinstance(value, str) else value is not None and value != ()
