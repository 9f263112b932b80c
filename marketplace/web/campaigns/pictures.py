"""The picture of a campaign that other sites show beside a link to it (Open Graph): 1200 by 630, PNG, drawn here.

Letters come from `static/vendor/`, never from the machine: two servers draw the same picture. Without that folder the
picture has its scene and no words.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape

import resvg_py

from marketplace.web.assets import SOURCE
from marketplace.web.covers import cover

WIDTH, HEIGHT = 1200, 630
TITLE, TEXT = "Mitoyen Titre", "Mitoyen Texte"
PROMISE = "L’épargne d’à côté"  # a motto, kept in French like the title beside it
FONTS = ("bricolage.ttf", "figtree.ttf")
LETTERS = "letters.json"
# Changes with every change of the drawing, so that what was kept of the old one is not shown again.
DRAWING = "1"

_BAND = 560  # width of the words' side
_MARGIN = 56
_INSIDE = _BAND - 2 * _MARGIN
# Sizes of the title in pixels, and how many lines it may take: the first that fits is used.
_SIZES: Mapping[int, int] = {58: 4, 52: 4, 46: 5, 40: 6, 36: 7}
_PARTS = re.compile(r"(?<=[ -])(?=.)")
_LOGO = (
    '<path fill="#8CC4E8" d="M3 19 11.500 9 20 18v17H3z"/><path fill="#F2B233" d="m20 18 8.500-12L37 18v17H20z"/>'
    '<path fill="#123651" d="M9 35v-8h5v8zM26 35v-8h5v8z"/>'
)


@dataclass(frozen=True)
class Words:
    """What a picture says. place: where the project is; promise: of the product."""

    title: str
    place: str
    promise: str


def tag(sector: str, words: Words) -> str:
    """Return what identifies a picture without drawing it: the same facts give the same tag."""
    facts = (DRAWING, resvg_py.__version__, sector, words.title, words.place, words.promise, str(bool(_widths())))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]


@lru_cache(maxsize=32)
def png(sector: str, words: Words) -> bytes:
    """Draw the picture of a campaign; some 50 KB."""
    fonts = [str(SOURCE / "vendor" / name) for name in FONTS] if _widths() else None
    drawn: bytes = resvg_py.svg_to_bytes(
        svg_string=svg(sector, words), width=WIDTH, height=HEIGHT, skip_system_fonts=True, font_files=fonts
    )
    return drawn


def svg(sector: str, words: Words) -> str:
    """Return the drawing as SVG: the words on a blue wall, the scene beside it."""
    # The scene fills the rest of the height; its middle, where the subject stands, stays in sight.
    place = f'<svg x="{_BAND}" y="0" width="{WIDTH - _BAND}" height="{HEIGHT}" '
    scene = str(cover(sector, words.title)).replace("<svg ", place, 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'{scene}<path fill="#123651" d="M0 0h{_BAND}v{HEIGHT}H0z"/>'
        f'<path fill="#F2B233" d="M{_BAND} 0h8v{HEIGHT}h-8z"/>{_written(words)}</svg>'
    )


def lines(text: str, family: str, size: int, width: int) -> list[str]:
    """Break a text after spaces and hyphens so that each line fits; a part wider than a line has one to itself."""
    broken = [""]
    for part in _PARTS.split(text):
        if broken[-1] and _width((broken[-1] + part).rstrip(), family) * size > width * 1000:
            broken.append(part)
        else:
            broken[-1] += part
    return [line.strip(" ") for line in broken]


def readable(text: str) -> str:
    """Return a text in letters that the fonts have: others lose their accents, or are left out."""
    known = _widths().get(TITLE, {})
    plain = (
        letter if letter in known else "".join(part for part in unicodedata.normalize("NFKD", letter) if part in known)
        for letter in unicodedata.normalize("NFC", text)
    )
    return " ".join("".join(plain).split(" "))


def _written(words: Words) -> str:
    if not _widths():
        return f'<g transform="translate({_MARGIN} 180) scale(10)">{_LOGO}</g>'
    title, size = _fitted(readable(words.title))
    leading = round(size * 1.12)
    top = 172 + round(size * 0.75)
    below = top + len(title) * leading + 22
    place = lines(readable(words.place), TEXT, 30, _INSIDE)[:2]
    heading = Style(TITLE, 700, size, "#FFF")
    return "".join(
        (
            f'<g transform="translate({_MARGIN - 4} 46) scale(1.6)">{_LOGO}</g>',
            Style(TITLE, 700, 44, "#FFF").at(_MARGIN + 74, 96, "Mitoyen"),
            *(heading.at(_MARGIN, top + number * leading, line) for number, line in enumerate(title)),
            *(
                Style(TEXT, 600, 30, "#F2B233").at(_MARGIN, below + number * 38, _cut(line, TEXT, 30))
                for number, line in enumerate(place)
            ),
            Style(TEXT, 600, 26, "#C6D8E5").at(_MARGIN, HEIGHT - 52, readable(words.promise)),
        )
    )


@dataclass(frozen=True)
class Style:
    """How a text looks. size: pixels."""

    family: str
    weight: int
    size: int
    colour: str

    def at(self, x: int, y: int, text: str) -> str:
        """Return a line of text whose foot starts at a point."""
        return (
            f'<text x="{x}" y="{y}" font-family="{self.family}" font-weight="{self.weight}" font-size="{self.size}" '
            f'fill="{self.colour}">{escape(text)}</text>'
        )


def _fitted(title: str) -> tuple[list[str], int]:
    """Return a title in lines and its size; one that no size fits is cut, with an ellipsis."""
    for size, most in _SIZES.items():
        broken = lines(title, TITLE, size, _INSIDE)
        if len(broken) <= most and all(_width(line, TITLE) * size <= _INSIDE * 1000 for line in broken):
            return broken, size
    kept = [_cut(line, TITLE, size) for line in broken[:most]]
    if len(broken) > most:
        kept[-1] = f"{kept[-1].rstrip('…')}…"
    return kept, size


def _cut(line: str, family: str, size: int) -> str:
    while _width(line, family) * size > _INSIDE * 1000:
        line = f"{line.rstrip('…')[:-1]}…"
    return line


def _width(text: str, family: str) -> int:
    """Return how wide a text is, in thousandths of its size."""
    widths = _widths()[family]
    return sum(widths.get(letter, 0) for letter in text)


@cache
def _widths() -> Mapping[str, Mapping[str, int]]:
    """Return how wide letters are, by font and letter, in thousandths of their size; nothing without the fonts."""
    path = SOURCE / "vendor" / LETTERS
    widths: dict[str, dict[str, int]] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return widths
