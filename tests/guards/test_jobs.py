"""Every job that somebody enqueues by name is one that the worker knows."""

import re
from pathlib import Path

from marketplace import jobs

ROOT = Path(__file__).resolve().parents[2]
ENQUEUED = re.compile(r'enqueue(?:_all)?\(\s*\w+,\s*(?:"([\w.]+)"|([A-Z_]+))')


def test_every_name_that_is_enqueued_is_registered():
    sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "marketplace").rglob("*.py"))]

    calls = sum(len(re.findall(r"(?<!def )\benqueue(?:_all)?\(", source)) for source in sources)
    named = [
        literal or re.findall(rf'^{constant} = "([\w.]+)"', source, re.MULTILINE)[0]
        for source in sources
        for literal, constant in ENQUEUED.findall(source)
    ]

    assert len(named) == calls  # a name that is computed could not be compared
    assert set(named) <= jobs.names()
