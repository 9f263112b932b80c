"""In the dark a page has other colours and nothing else: no box moves, nothing hides."""

import re
from pathlib import Path

CSS = Path(__file__).resolve().parents[3] / "static" / "css"
# Where a theme is asked for: the colours of a drawing may be dimmed, nothing may be laid out.
BLOCK = re.compile(r"prefers-color-scheme:[^{]*\{((?:[^{}]*\{[^{}]*\})*)\s*\}")
PROPERTY = re.compile(r"[{;]\s*([\w-]+)\s*:")
# light-dark() gives a colour and can give nothing else; it stands in these.
COLOURED = re.compile(r"--[\w-]+|fill|stroke|(?:background|border|outline)(?:-color)?|(?:box|text)-shadow|color")


def sheets():
    found = [path.read_text("utf-8") for path in sorted(CSS.glob("*.css"))]
    assert len(found) > 5
    return [re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL) for text in found]


def test_what_asks_for_the_theme_sets_no_more_than_a_filter():
    blocks = [block for text in sheets() for block in BLOCK.findall(text)]

    assert len(blocks) == sum(text.count("prefers-color-scheme") for text in sheets()) > 0
    assert {name for block in blocks for name in PROPERTY.findall(block)} == {"filter"}


def test_two_values_by_theme_are_colours():
    rest = "".join(sheets())
    names = [re.findall(r"([\w-]+)\s*:[^;{}]*$", before)[-1] for before in rest.split("light-dark(")[:-1]]

    assert len(names) > 20
    assert [name for name in names if not COLOURED.fullmatch(name)] == []
