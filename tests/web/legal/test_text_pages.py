"""Pages of text: they render, say what the code does, and say it shortly."""

import hashlib
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import html5lib
import pytest

from marketplace.accounts import rules as accounts
from marketplace.finance.limits import IFP_MONTHS, IFP_PROJECT_CENTS
from marketplace.locality.limits import FREE_LOAN_CAP, LEVEL_1_CAP, LEVEL_2_CAP
from marketplace.pledges.rules import RECOVERY, RESERVATION
from marketplace.projects.days import LISTING_DAYS
from marketplace.projects.rules import LEAST_PLEDGE_CENTS
from marketplace.protection.reflection import DAYS, WORKING_DAYS_INSIDE
from marketplace.residency.rules import MOVES_PER_YEAR, RENEWAL
from marketplace.web import limits
from marketplace.web.filters import count, money
from marketplace.web.legal.warnings import DISCLAIMER, RISK

PAGES = {
    "/comment-ca-marche": "Comment ça marche",
    "/regle-locale": "La règle locale",
    "/frais-et-risques": "Frais et risques",
    "/accessibilite": "Déclaration d’accessibilité",
    "/confidentialite": "Vie privée",
    "/mentions-legales": "Mentions légales",
}
XHTML = "{http://www.w3.org/1999/xhtml}"
LONGEST_SENTENCE = 20
# Marks that end a sentence; a point inside « R. 291-2 » or « 4.1.2 » does not.
END = re.compile(r"(?<=[^A-Z][.!?…])\s+|\s+[;:]\s+")
WORD = re.compile(r"[\w’'-]+")


def page(texts, path: str) -> ET.Element:
    answer = texts.get(path, headers={"Accept-Language": "fr"})
    assert answer.status_code == 200
    parser = html5lib.HTMLParser(strict=True)
    return parser.parse(answer.data)


def words(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def main(document: ET.Element) -> ET.Element:
    found = document.find(f".//{XHTML}main")
    assert found is not None
    return found


@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_a_page_of_text_has_one_title_and_says_its_name(texts, path, title):
    document = page(texts, path)

    titles = [words(element) for element in document.iter(f"{XHTML}h1")]

    assert titles == [title]


def test_no_two_pages_have_the_same_title_or_description(texts):
    documents = [page(texts, path) for path in PAGES]

    titles = {words(document.find(f".//{XHTML}title")) for document in documents}
    described = {
        meta.get("content")
        for document in documents
        for meta in document.iter(f"{XHTML}meta")
        if meta.get("name") == "description"
    }

    assert (len(titles), len(described)) == (len(PAGES), len(PAGES))


@pytest.mark.parametrize("path", PAGES)
def test_headings_go_down_one_step_at_a_time(texts, path):
    levels = [int(e.tag[-1]) for e in main(page(texts, path)).iter() if re.fullmatch(rf"{XHTML}h[1-6]", str(e.tag))]

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_sentences_are_short(texts, path):
    content = main(page(texts, path))
    quoted = {id(inner) for quote in content.iter(f"{XHTML}blockquote") for inner in quote.iter()}
    blocks = [
        words(element) if element.find(f"{XHTML}small") is None else (element.text or "")
        for name in ("p", "li", "td", "th", "dt", "dd", "small")
        for element in content.iter(f"{XHTML}{name}")
        if id(element) not in quoted and element.find(f".//{XHTML}p") is None
    ]

    sentences = [sentence for block in blocks for sentence in END.split(block)]
    long = [sentence for sentence in sentences if len(WORD.findall(sentence)) > LONGEST_SENTENCE]

    assert len(sentences) > 10
    assert long == []


@pytest.mark.parametrize("path", PAGES)
def test_every_link_inside_a_page_leads_to_a_part_of_it(texts, texts_app, path):
    content = main(page(texts, path))

    for link in content.iter(f"{XHTML}a"):
        target, _, anchor = link.get("href", "").partition("#")
        if target.startswith("https://"):
            continue
        there = main(page(texts, target or path))
        assert not anchor or any(element.get("id") == anchor for element in there.iter())


@pytest.mark.parametrize(
    ("path", "figures"),
    [
        (
            "/comment-ca-marche",
            [
                money(LEAST_PLEDGE_CENTS),
                money(IFP_PROJECT_CENTS),
                f"{DAYS} jours",
                f"{WORKING_DAYS_INSIDE} jours ouvrés",
                f"Vous avez {RECOVERY.days} jours",
                f"{int(RESERVATION.total_seconds() / 60)} minutes",
                f"{IFP_MONTHS} mois",
                f"entre {LISTING_DAYS[0]} jours et {LISTING_DAYS[-1]} jours",
            ],
        ),
        (
            "/regle-locale",
            [
                money(LEVEL_1_CAP),
                money(LEVEL_2_CAP),
                money(FREE_LOAN_CAP),
                f"{MOVES_PER_YEAR} fois",
                f"{RENEWAL.days} jours",
            ],
        ),
        ("/frais-et-risques", [money(FREE_LOAN_CAP), money(IFP_PROJECT_CENTS), money(LEVEL_1_CAP)]),
        (
            "/confidentialite",
            [
                f"{accounts.IDLE.days} jours",
                f"{accounts.ABSOLUTE.days} jours",
                f"{accounts.CONFIRM_WITHIN.days} jours",
                f"{count(int(accounts.RESET_WITHIN.total_seconds() / 60))} minutes",
                "mitoyen_8000",
            ],
        ),
    ],
)
def test_the_numbers_of_a_page_are_those_of_the_rules(texts, texts_app, path, figures):
    said = words(main(page(texts, path)))

    # The words of a page are joined by single spaces; a no-break space is one as well.
    assert [figure for figure in figures if " ".join(figure.split()) not in said] == []


def test_changing_a_rule_changes_the_page(texts, monkeypatch):
    from marketplace.web.legal import routes

    monkeypatch.setattr(routes, "FIGURES", {**routes.FIGURES, "level_1_cents": 77_00})

    assert "Jusqu’à 77 € par projet" in words(main(page(texts, "/regle-locale")))


def test_the_reflection_examples_are_those_of_the_calendar(texts):
    rows = [words(row) for row in main(page(texts, "/comment-ca-marche")).iter(f"{XHTML}tr")]

    assert rows[1:] == [
        "23 novembre 2026 à 10 h27 novembre 2026 à 23 h 59",
        "24 novembre 2026 à 18 h 3030 novembre 2026 à 23 h 59",
        "24 décembre 2026 à 20 h29 décembre 2026 à 23 h 59",
    ]


def test_a_try_is_forgotten_within_the_thirty_days_that_the_privacy_page_says():
    windows = [value.window.total_seconds() for value in vars(limits).values() if isinstance(value, limits.Policy)]

    assert windows
    assert max(windows) <= 30 * 86_400


def test_the_warnings_are_word_for_word_those_of_the_regulation(texts):
    quoted = [e for e in main(page(texts, "/frais-et-risques")).iter(f"{XHTML}blockquote") if e.get("lang") == "en"]

    assert [hashlib.sha256(words(quote).encode()).hexdigest() for quote in quoted] == [
        "40c20c9222e51d07baab54c6637da53b0d2a8dc6b57cacfd7abe7a25823f01ab",
        "9a2f27ccb1d06666d0add2e9bcfe21a219dcff332dcf7d50129f3cc8cfa923c9",
    ]


@pytest.mark.parametrize("warned", [DISCLAIMER, RISK])
def test_a_translation_is_marked_as_ours(texts, warned):
    said = words(main(page(texts, "/frais-et-risques")))

    before, found, _after = said.partition(" ".join(warned.translation.split()))

    assert found
    assert before.rstrip().endswith("Notre traduction, sans valeur officielle")


@pytest.mark.parametrize("path", ["/frais-et-risques", "/mentions-legales"])
def test_it_is_said_that_no_authorisation_is_held(texts, path):
    said = words(main(page(texts, path)))

    assert re.search(r"(aucun agrément|Aucun agrément)", said)
