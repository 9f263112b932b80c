"""Months, risk, the sheet, what is a forbidden promise, what a cell may hold."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.moderation import checklist, risk, rules, sheet
from marketplace.moderation.checklist import Finding, Other
from marketplace.projects.rules import Content
from marketplace.web.moderation.sheets import cell, csv_answer
from marketplace.web.moderation.words import ITEMS, PARTS


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-11-23T09:00", 6, "2027-05-23T08:00"),  # summer time
        ("2026-08-31T10:00", 6, "2027-02-28T11:00"),
        ("2027-08-31T10:00", 6, "2028-02-29T11:00"),
        ("2026-12-15T09:00", 1, "2027-01-15T09:00"),
    ],
)
def test_months_are_those_of_the_calendar_of_paris(start, months, end):
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC)

    assert rules.months_later(moment, months) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cap", "first", "instrument", "found", "total", "level"),
    [
        (5_000_00, False, "gift", [], 0, "low"),
        (5_000_01, True, "gift", [], 3, "medium"),
        (25_000_01, True, "interest_free_loan", [], 5, "medium"),
        (100_000_01, True, "interest_free_loan", ["bad"] * 9, 9, "high"),
        (100_000_00, False, "gift", ["ok", "warn"], 3, "medium"),
    ],
)
def test_risk_adds_up_as_documented(cap, first, instrument, found, total, level):  # noqa: PLR0917
    assessed = risk.assess(
        hard_cap_cents=cap, first=first, instrument=instrument, findings=[Finding("x", tone) for tone in found]
    )

    assert (assessed.total, assessed.level) == (total, level)
    assert risk.priority(assessed, 3) == 4 * (total + 1)


def test_every_item_of_the_sheet_has_its_words():
    assert set(ITEMS) == set(sheet.ALL)
    assert set(PARTS) == set(sheet.ITEMS)
    assert len(sheet.ALL) == len(set(sheet.ALL))


@pytest.mark.parametrize(
    "text",
    [
        "un placement sûr",
        "UN PLACEMENT SUR.",
        "investissement sûr et local",
        "une épargne sure",
        "sans danger",
        "zero risque",
        "aucun risque",
        "100 % sûr",
        "gain assuré",
        "rendement certain",
        "capital protege",
    ],
)
def test_a_promise_is_seen_with_and_without_its_accents(text):
    assert checklist.search(text, checklist._PROMISES)


@pytest.mark.parametrize(
    "text",
    ["un placement sur cinq ans", "nous sommes sûrs d’y arriver", "un investissement sur place", "le risque existe"],
)
def test_an_honest_sentence_is_no_promise(text):
    assert not checklist.search(text, checklist._PROMISES)


def test_a_copied_text_is_seen_whatever_its_dressing():
    story = "La boulangerie du bourg a fermé en mars. Quatre salariés la reprennent ensemble, avec le four à bois."
    content = Content(story_markdown=story)
    copied = Other(None, "Copie", f"**{story.upper()}**")
    honest = Other(None, "Autre", "Nous plantons une haie le long du chemin de l’école, avec les enfants du village.")

    def near(*others):
        found = checklist.findings(content, (), today=date(2026, 11, 23), others=others)
        return next(finding.facts["near"] for finding in found if finding.code == "repeated")

    assert [one.title for one in near(copied, honest)] == ["Copie"]
    assert near(honest) == ()
    assert near(replace(copied, story="")) == ()


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_no_cell_is_a_formula_and_every_text_comes_back(text):
    held = cell(text)

    assert not held.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert held in {text, f"'{text}"}


def test_a_file_is_read_back_by_a_spreadsheet():
    answer = csv_answer("x.csv", ("a", "b"), [("=1+1", 'é; "x"'), (None, -5), (True, "@x")])

    body = answer.get_data().decode("utf-8")
    assert body.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(body.removeprefix("\ufeff")), delimiter=";"))
    assert rows == [["a", "b"], ["'=1+1", 'é; "x"'], ["", "-5"], ["oui", "'@x"]]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="x.csv"'
