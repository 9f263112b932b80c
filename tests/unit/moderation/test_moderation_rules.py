"""What a moderator's answer must hold, what a machine sees, and what changed: without a database."""

import time
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import Refused
from marketplace.moderation import checklist, diff, rules
from marketplace.projects.rules import Content, problems
from marketplace.projects.uses import Use

TODAY = date(2026, 11, 23)
WHOLE = Content(
    name="Le Fournil du Clain",
    commune_code="86133",
    sector="alimentation",
    legal_form="scop",
    title="Rallumer le four à bois de Ligugé",
    summary="Quatre salariés reprennent la boulangerie du bourg.",
    story_markdown="La boulangerie a fermé en mars. Les salariés la reprennent ensemble.",
    instrument="gift",
    threshold_cents=20_000_00,
    goal_cents=32_000_00,
    hard_cap_cents=40_000_00,
    minimum_cents=10_00,
    uses=(Use("Le four", 20_000_00, "86293"), Use("Les travaux", 12_000_00)),
    ends_on=TODAY + timedelta(days=60),
    rule_preset="epci",
)


def findings(content):
    found = checklist.findings(content, problems(content, population=3_300, today=TODAY), today=TODAY)
    return {finding.code: finding for finding in found}


@pytest.mark.parametrize(
    ("reasons", "note", "code", "field"),
    [
        ([], "Une explication.", "reasons_missing", "reasons"),
        (["R16"], "Une explication.", "reason_unknown", "reasons"),
        (["R01", "<b>"], "Une explication.", "reason_unknown", "reasons"),
        (["R01"], "", "note_missing", "note"),
        (["R01"], "  \n ", "note_missing", "note"),
        (["R01"], "Trop bref", "note_too_short", "note"),
        (["R01"], "x" * 2_001, "note_too_long", "note"),
    ],
)
def test_an_answer_says_why(reasons, note, code, field):
    with pytest.raises(Refused, match=code) as refusal:
        rules.check_answer(reasons, note)

    assert refusal.value.field == field


@pytest.mark.parametrize("note", ["x" * 10, "x" * 2_000])
def test_every_reason_is_accepted_with_a_note(note):
    rules.check_answer(rules.REASONS, note)

    assert (rules.REASONS[0], rules.REASONS[-1], len(rules.REASONS)) == ("R01", "R15", 15)


def test_nobody_decides_on_their_own():
    owner, other = uuid4(), uuid4()

    rules.check_not_own({owner}, other)
    with pytest.raises(Refused, match="own_campaign"):
        rules.check_not_own({owner}, owner)


def test_a_sound_campaign_raises_no_hand():
    assert {code for code, finding in findings(WHOLE).items() if finding.tone != "ok"} == {"unregistered"}
    assert findings(WHOLE)["dates_allowed"].facts["days"] == 60


@pytest.mark.parametrize(
    "text",
    [
        "Le rendement est garanti.",
        "Remboursement GARANTI",
        "nous vous garantissons tout",
        "C’est sans risque.",
        "sans\u00a0aucun risque",
        "sans le moindre risque",
        "risque zéro",
        "Un placement sûr",
        "des placements sûrs",
        "un gain assuré",
        "ga\u200branti",
        "ｇａｒａｎｔｉ",
    ],
)
def test_forbidden_promises_are_found_wherever_they_hide(text):
    for name in ("title", "summary", "story_markdown"):
        found = findings(replace(WHOLE, **{name: f"Avant. {text} Après."}))["promises"]
        assert found.tone == "warn"
        assert found.facts["extracts"]


@pytest.mark.parametrize("text", ["Un placement sur cinq ans.", "Un risque réel.", "Le garage", "rassurant"])
def test_ordinary_words_are_not_promises(text):
    assert findings(replace(WHOLE, story_markdown=text * 3))["promises"].tone == "ok"


@pytest.mark.parametrize(
    "text",
    ["nadia@fournil.example", "05 49 00 00 00", "+33 6 12 34 56 78", "0612345678", "FR76 3000 6000 0112 3456 7890 189"],
)
def test_contact_details_are_pointed_out(text):
    found = findings(replace(WHOLE, story_markdown=f"Écrivez-nous : {text}."))["contacts"]

    assert [extract.found for extract in found.facts["extracts"]] == [text]


def test_an_extract_shows_the_words_around():
    (extract,) = checklist.search("a" * 100 + " garanti " + "b" * 100, checklist._PROMISES)

    assert (extract.before, extract.found, extract.after) == ("a" * 39 + " ", "garanti", " " + "b" * 39)


def test_odd_amounts_ask_a_question():
    odd = findings(replace(WHOLE, threshold_cents=1_000_00, hard_cap_cents=100_000_00, minimum_cents=50_01))

    assert (odd["threshold_low"].tone, odd["threshold_low"].facts["percent"]) == ("warn", 3)
    assert (odd["hard_cap_high"].tone, odd["hard_cap_high"].facts["percent"]) == ("warn", 312)
    assert odd["minimum_above_declared"].tone == "warn"


def test_money_without_a_purpose_asks_a_question():
    assert findings(replace(WHOLE, uses=()))["uses_missing"].tone == "warn"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"threshold_cents": 50_000_00}, "amounts_coherent"),
        ({"ends_on": TODAY}, "dates_allowed"),
        ({"commune_code": None}, "commune_known"),
        ({"title": "Four"}, "texts_complete"),
        ({"loan_months": 3}, "conditions_allowed"),
        ({"uses": (Use("Le four", 1_00),)}, "uses_add_up"),
    ],
)
def test_what_keeps_from_publishing_is_blocking(change, code):
    found = findings(replace(WHOLE, **change))

    assert [finding.code for finding in found.values() if finding.tone == "bad"] == [code]
    assert found[code].facts["problems"]


@pytest.mark.untimed
@pytest.mark.parametrize("text", ["a@" * 20_000, "0" * 40_000, "garanti " * 5_000, "FR76" * 10_000, "sans " * 8_000])
def test_a_text_made_to_be_slow_is_not(text):
    start = time.perf_counter()

    findings(replace(WHOLE, story_markdown=text))

    assert time.perf_counter() - start < 2


def test_a_change_is_shown_word_by_word():
    pieces = diff.compare(
        "Le four à bois est vieux.\nLa farine vient d’Iteuil.", "Le four à gaz est vieux.\nLa farine vient d’Iteuil."
    )

    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "Le four à "),
        ("removed", "bois"),
        ("added", "gaz"),
        ("same", " est vieux.\nLa farine vient d’Iteuil."),
    ]


def test_only_what_changed_is_listed_in_the_order_of_the_form():
    old = replace(WHOLE, goal_cents=30_000_00, title="Un autre titre", loan_months=None)

    found = diff.changes(old, WHOLE)

    assert [change.field for change in found] == ["title", "goal_cents"]
    assert (found[1].old, found[1].new, found[1].pieces) == (30_000_00, 32_000_00, ())
    assert diff.changes(WHOLE, WHOLE) == ()


@given(st.text(alphabet="ab \n.é", max_size=60), st.text(alphabet="ab \n.é", max_size=60))
def test_a_comparison_holds_both_texts_whole(old, new):
    pieces = diff.compare(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new


@pytest.mark.parametrize(
    ("old", "new"),
    [("a " * 10_000, "b " * 10_000), ("a b " * 5_000, "b a " * 5_000), ("x\n" * 10_000, "y\n" * 10_000)],
)
def test_a_comparison_made_to_be_slow_is_not(old, new):
    start = time.perf_counter()

    diff.compare(old, new)

    assert time.perf_counter() - start < 2
