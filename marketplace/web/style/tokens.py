"""Read the colours of the style sheet, so that the style page and the contrast test show what pages really use."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHEET = Path(__file__).resolve().parents[3] / "static" / "css" / "tokens.css"
_COLOUR = re.compile(r"--([a-z0-9-]+): (?:light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\)|(#[0-9A-F]{6}));")

# (foreground, background, least ratio): every pair the components use. Text 4.5, fields, focus and charts 3 (WCAG 2.2).
PAIRS = (
    *((fore, back, 4.5) for fore in ("ink", "muted", "brand") for back in ("bg", "surface", "surface-2")),
    *((fore, back, 4.5) for fore in ("bad", "ok") for back in ("bg", "surface")),
    ("on-brand", "brand", 4.5),
    ("on-brand", "brand-strong", 4.5),
    ("brand-strong", "brand-soft", 4.5),
    ("ink", "brand-soft", 4.5),
    ("muted", "brand-soft", 4.5),
    ("brand", "brand-soft", 4.5),
    ("on-deep", "deep", 4.5),
    ("on-deep-muted", "deep", 4.5),
    ("gold", "deep", 4.5),
    ("on-gold", "gold", 4.5),
    ("on-gold", "gold-strong", 4.5),
    ("on-gold-soft", "gold-soft", 4.5),
    ("ink", "gold-soft", 4.5),
    ("brand", "gold-soft", 4.5),
    ("ok", "ok-soft", 4.5),
    ("bad", "bad-soft", 4.5),
    ("on-bad", "bad", 4.5),
    ("bg", "ink", 4.5),
    ("field", "surface", 3.0),
    ("field", "bg", 3.0),
    ("ink", "bg", 3.0),
    ("bar", "surface-2", 3.0),
    *((chart, "surface", 3.0) for chart in ("c1", "c2", "c3", "c4")),
)


@dataclass(frozen=True)
class Colour:
    """A custom property and its two values, as #RRGGBB."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True)
class Pair:
    """Two colours that meet on a page, and their WCAG ratios, light and dark."""

    fore: str
    back: str
    least: float
    light: float
    dark: float


@cache
def colours() -> dict[str, Colour]:
    """Return every colour of the sheet by name."""
    found = {}
    for name, light, dark, both in _COLOUR.findall(SHEET.read_text("utf-8")):
        found[name] = Colour(name, light or both, dark or both)
    return found


def luminance(colour: str) -> float:
    """Return the relative luminance of #RRGGBB. Source: WCAG 2.2."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21. Source: WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@cache
def pairs() -> tuple[Pair, ...]:
    """Return each pair in use with its ratios."""
    known = colours()
    return tuple(
        Pair(
            fore,
            back,
            least,
            ratio(known[fore].light, known[back].light),
            ratio(known[fore].dark, known[back].dark),
        )
        for fore, back, least in PAIRS
    )
