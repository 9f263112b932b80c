import re
from itertools import pairwise
from pathlib import Path

import html5lib
import pytest

ROOT = Path(__file__).resolve().parents[3]
MACRO = re.compile(r"{% macro ([a-z]\w*)\(")
FAMILIES = ("cards", "charts", "forms", "icons", "menu", "ui")


@pytest.fixture(scope="module", params=["person", "stranger"])
def shown(look, request):
    answer = look.test_client().get(f"/style?who={request.param}")
    assert answer.status_code == 200
    return answer.text


def test_the_page_parses_strictly(shown):
    html5lib.HTMLParser(strict=True).parse(shown)


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(shown):
    assert not re.search(r"<style|<script|\sstyle=|\son[a-z]+=|javascript:", shown)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", shown)


def test_no_id_is_given_twice_and_every_reference_has_its_target(shown):
    ids = re.findall(r'\sid="([^"]+)"', shown)
    wanted = re.findall(r'(?:for|aria-labelledby)="([^"]+)"', shown)
    described = [name for names in re.findall(r'aria-describedby="([^"]+)"', shown) for name in names.split()]

    assert sorted(ids) == sorted(set(ids))
    assert set(wanted) | set(described) <= set(ids)


def test_there_is_one_h1_and_no_level_is_skipped(shown):
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", shown)]

    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_every_macro_is_shown():
    shown = "".join(path.read_text("utf-8") for path in (ROOT / "templates" / "style").glob("*.html"))
    shown += "".join(path.read_text("utf-8") for path in (ROOT / "templates" / "layouts").glob("*.html"))
    macros = {
        name
        for family in FAMILIES
        for name in MACRO.findall((ROOT / "templates" / "macros" / f"{family}.html").read_text("utf-8"))
    }

    assert len(macros) > 35
    assert sorted(name for name in macros if not re.search(rf"\b{name}\(", shown)) == []


def test_the_menus_follow_who_is_there(look):
    client = look.test_client()

    person = client.get("/style?who=person").text
    stranger = client.get("/style?who=stranger").text

    assert "Menu de Claire Morin" in person
    assert "Poitiers (Vienne)" in person
    assert 'action="/deconnexion"' in person
    assert "/boite" in person
    assert "/boite" in stranger
    assert "/connexion" not in person
    assert "/connexion" in stranger
    assert "/deconnexion" not in stranger
    assert "Bac à sable : aucun argent réel ne circule." in stranger


def test_every_class_has_a_rule(shown):
    sheets = "".join(path.read_text("utf-8") for path in (ROOT / "static" / "css").glob("*.css"))
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", sheets))
    used = {name for names in re.findall(r'\sclass="([^"]*)"', shown) for name in names.split()}

    # A first, unstyled variant of a component, or a hook for :has().
    assert used - known <= {"plain", "info", "top"}
