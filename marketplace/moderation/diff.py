"""What changed between two readings of a campaign, word by word. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from typing import Any, Literal

from marketplace.projects.details import Details
from marketplace.projects.rules import Content

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# What did not change is cut in the middle beyond this many characters, and this many are kept at each end.
_LONG, _KEPT = 400, 150
_TEXTS = frozenset({"name", "title", "summary", "story_markdown"})


@dataclass(frozen=True)
class Piece:
    """A run of text that was kept, added or removed; a gap stands for a long run that was kept, and has no text."""

    kind: Literal["same", "added", "removed", "gap"]
    text: str


@dataclass(frozen=True)
class Change:
    """One field that changed. pieces: the text word by word, empty for values that are not texts."""

    field: str
    old: Any
    new: Any
    pieces: tuple[Piece, ...] = ()


def changes(old: Content, new: Content) -> tuple[Change, ...]:
    """Return what changed, in the order of the form."""
    found = []
    for name, before, after in _pairs(old, new):
        if before != after:
            pieces = condense(compare(before, after)) if name in _TEXTS else ()
            found.append(Change(name, before, after, pieces))
    return tuple(found)


def _pairs(old: Content, new: Content) -> Iterator[tuple[str, Any, Any]]:
    for item in fields(Content):
        if item.name != "details":
            yield item.name, getattr(old, item.name), getattr(new, item.name)
    for item in fields(Details):
        yield item.name, getattr(old.details, item.name), getattr(new.details, item.name)


def compare(old: str, new: str) -> tuple[Piece, ...]:
    """Return two texts as one, word by word. Lines first, then words inside lines that changed, to stay fast."""
    pieces: list[Piece] = []
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for tag, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        left, right = "".join(before[i:j]), "".join(after[k:m])
        pieces += [Piece("same", left)] if tag == "equal" else _words(left, right)
    return tuple(_joined(pieces))


def condense(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return a comparison in which what did not change is cut to its ends when it is long."""
    short: list[Piece] = []
    for piece in pieces:
        if piece.kind == "same" and len(piece.text) > _LONG:
            short += [Piece("same", piece.text[:_KEPT]), Piece("gap", ""), Piece("same", piece.text[-_KEPT:])]
        else:
            short.append(piece)
    return tuple(short)


def _words(old: str, new: str) -> list[Piece]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(before[i:j])))
            continue
        if j > i:
            pieces.append(Piece("removed", "".join(before[i:j])))
        if m > k:
            pieces.append(Piece("added", "".join(after[k:m])))
    return pieces


def _joined(pieces: list[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined
