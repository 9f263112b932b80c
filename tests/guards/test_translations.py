"""The English catalogue says what the code says, all of it; and no words of a screen escape it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from flask_babel import force_locale, ngettext
from jinja2 import Environment, nodes

from marketplace.web import filters
from tests import french
from tools import translations

ROOT = Path(__file__).resolve().parents[2]
# Made where nothing can be looked up, a language included; they say it in both.
BREAKDOWNS = {"layouts/bare.html", "errors/500.html", "errors/503.html"}
# Names, and words that are no words of a screen.
SAME = re.compile(
    "Mitoyen|Français|English|narrow|prose|Aa|FFFFFF|width|device|initial|scale|light|dark|website|summary|large|image|png"
    "|Claire|Paul|Poitiers|Buxerolles|Vienne"
)
WORD = re.compile(r"[A-Za-zÀ-ÿ’]{2,}")
# Our translation of the warnings of the law; what an invented owner wrote; the letters drawn on a picture to share.
FRENCH_ON_PURPOSE = {
    "legal/warnings.py",
    "style/samples.py",
    "campaigns/pictures.py",
    "instruments/sheet_words.py",
    "instruments/sheets.py",
}


def test_the_catalogue_is_whole_and_in_line_with_the_code():
    done = subprocess.run(
        [sys.executable, "tools/translations.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("french_words", "english_words", "fault"),
    [
        ("Bonjour", "", "not translated"),
        ("Bonjour %(name)s", "Hello", "other placeholders"),
        ("Bonjour", "Hello %(name)s", "other placeholders"),
        ("10 %% de %(what)s", "10% of %(what)s", "other placeholders"),
        ("<b>Un don</b> est définitif", "A donation is final", "other tags"),
        ("<b>Un don</b> est définitif", "<i>A donation</i> is final", "other tags"),
        ("Erreur : ", "Error:", "other spaces"),
        ("Qui ?", "Who ?", "typography"),
        ("« Oui »", "« Yes »", "typography"),
        ("50 €", "50 €", "typography"),
        ("L’argent", "The money's", "typography"),
        (("%(num)s jour", "%(num)s jours"), ("%(num)s day", ""), "not translated"),
        (("%(num)s jour", "%(num)s jours"), ("%(num)s day",), "1 forms instead of 2"),
        (("%(num)s jour", "%(num)s jours"), ("one day", "%(num)s days"), "other placeholders"),
    ],
)
def test_a_bad_translation_is_seen(french_words, english_words, fault):
    found = list(translations.faults(Message(french_words, english_words), 2))

    assert len(found) >= 1
    assert any(one.startswith(fault) for one in found), found


@pytest.mark.parametrize(
    ("french_words", "english_words"),
    [
        ("Erreur : ", "Error: "),
        ("10 %% de <b>%(what)s</b> ?", "10%% of <b>%(what)s</b>?"),
        (("%(num)s jour", "%(num)s jours"), ("%(num)s day", "%(num)s days")),
    ],
)
def test_a_good_translation_passes(french_words, english_words):
    assert list(translations.faults(Message(french_words, english_words), 2)) == []


def test_a_doubtful_translation_is_seen():
    assert list(translations.faults(Message("Oui", "Yes", flags=["fuzzy"]), 2)) == ["fuzzy: 'Oui'"]


def test_what_only_one_of_the_two_says_is_seen():
    said, known = Catalog(), Catalog()
    said.add("Oui", locations=[("a.py", 3)])
    said.add("Non", locations=[("a.py", 4)])
    known.add("Non", "No")
    known.add("Peut-être", "Maybe")

    assert translations.compare(said, known) == ["missing: 'Oui' (a.py:3)", "obsolete: 'Peut-être'"]


@pytest.mark.parametrize("code", ["_(words)", "_l('a' + b)", "ngettext('a', many, 2)", "f'{_(\"a\")} b'", "_(f'{a}')"])
def test_words_that_cannot_be_read_from_the_code_are_seen(code):
    assert len(list(translations.unreadable_in(code))) == 1


def test_words_that_can_be_read_are_not_reported():
    assert list(translations.unreadable_in("_('a', b=c)\nngettext('a', 'b', many)\nf'{a} {b}'")) == []


def test_an_unknown_command_is_refused():
    done = subprocess.run(
        [sys.executable, "tools/translations.py", "updtae"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "update" in done.stderr


def words_outside_translation(template):
    """Return the words of a template that never go through `_()`, those of attributes that are read out included."""
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(template)
    text = "".join(getattr(node, "data", "\0") for node in tree.find_all((nodes.TemplateData, nodes.Name)))
    said = re.findall(r'(?:aria-label|alt|title|placeholder|content)="([^"]*)"', text)
    bare = re.sub(r"(?:<|\b(?:data|href)[\w-]*=)[^>]*(?:>|$)|&\w+;", " ", text)
    return [word for part in (bare, *said) for word in WORD.findall(part) if not SAME.fullmatch(word)]


@pytest.mark.parametrize(
    "template",
    [
        "<p>Bonjour</p>",
        '<a aria-label="Fermer">{{ icon("x") }}</a>',
        "{% if a %}Oui{% endif %}",
        "<b>{{ _('a') }}</b> et",
    ],
)
def test_words_outside_translation_are_seen(template):
    assert words_outside_translation(template)


def test_templates_hold_no_words_outside_translation():
    templates = ROOT / "templates"
    found = {
        name: words
        for path in sorted([*templates.rglob("*.html"), *templates.rglob("*.txt")])
        if (name := str(path.relative_to(templates))) not in BREAKDOWNS
        and (words := words_outside_translation(path.read_text(encoding="utf-8")))
    }

    assert found == {}


def french_outside_translation(code):
    """Return the sentences in French of a module that never go through gettext."""
    tree, known = ast.parse(code), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            known.add(id(node.value))  # docstrings
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in translations.KEYWORDS:
            known |= {id(part) for word in node.args for part in ast.walk(word)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [
        node.value
        for node in constants
        if id(node) not in known
        and "(?:" not in node.value
        and len(french.WORD.findall(node.value)) > 1
        and " " in node.value
        and not re.fullmatch(r"[A-ZÀ-Ý][\w ]*(?: [A-ZÀ-Ý]\w*)+", node.value)
    ]


def test_french_outside_translation_is_seen():
    assert french_outside_translation('flash("Votre engagement est annulé.")') == ["Votre engagement est annulé."]
    assert french_outside_translation('flash(_("Votre engagement est annulé."))') == []


def test_views_hold_no_french_outside_translation():
    web = ROOT / "marketplace" / "web"
    found = {
        name: sentences
        for path in sorted(web.rglob("*.py"))
        if (name := str(path.relative_to(web))) not in FRENCH_ON_PURPOSE
        and (sentences := french_outside_translation(path.read_text(encoding="utf-8")))
    }

    assert found == {}


@pytest.mark.parametrize(
    ("number", "days", "left", "neighbours"),
    [
        (0, "last day", "Last day", "no neighbours"),
        (1, "1 day", "Only 1 day left", "1 neighbour"),
        (2, "2 days", "Only 2 days left", "2 neighbours"),
        (1_284, "1284 days", "Only 1284 days left", "1,284 neighbours"),
    ],
)
def test_english_plurals(app, number, days, left, neighbours):
    with app.test_request_context(), force_locale("en"):
        assert (filters.days(number), filters.days_left(number)) == (days, left)
        assert filters.neighbours(number) == neighbours


def test_zero_is_plural_in_english_and_singular_in_french(app):
    one, many = "%(num)s commune trouvée", "%(num)s communes trouvées"
    with app.test_request_context():
        with force_locale("en"):
            assert ngettext(one, many, 0) == "0 communes found"
        with force_locale("fr"):
            assert ngettext(one, many, 0) == "0 commune trouvée"
