import re
from pathlib import Path

from marketplace.web.icons import ICONS

ROOT = Path(__file__).resolve().parents[3]
DIRECT = re.compile(r"""\bicon\(["']([a-z0-9-]+)["']""")


def test_every_icon_that_a_template_draws_is_in_the_sprite():
    used = {
        (name, path.relative_to(ROOT).as_posix())
        for path in (ROOT / "templates").rglob("*.html")
        for name in DIRECT.findall(path.read_text("utf-8"))
    }

    assert len(used) > 10
    assert sorted((name, path) for name, path in used if name not in ICONS) == []


def test_the_list_is_sorted_and_has_each_icon_once():
    assert list(ICONS) == sorted(set(ICONS))
