"""Every reason of this area has a sentence, with its figures."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from marketplace.moderation.rules import REASONS
from marketplace.projects import rules
from marketplace.projects.rules import Content
from marketplace.projects.uses import Use
from marketplace.web import labels
from marketplace.web.messages import SENTENCES, sentence
from marketplace.web.moderation import words as desk
from marketplace.web.owner import words

TODAY = date(2026, 11, 23)
LOAN = Content(instrument="interest_free_loan", loan_months=999, minimum_cents=5_000_01, ends_on=TODAY)
CONTENTS = [
    Content(),
    LOAN,
    replace(LOAN, loan_months=None, ends_on=TODAY + timedelta(days=99), minimum_cents=1, commune_code="x"),
    Content(instrument="gift", loan_months=3, threshold_cents=9_00, goal_cents=5_00, hard_cap_cents=2_00),
    Content(threshold_cents=-1, goal_cents=0, hard_cap_cents=rules.most_cents("gift") + 1),
    Content(name="a", title="b", summary="c" * 999, story_markdown="d"),
    Content(name="a" * 99, title="b" * 99, story_markdown="d" * 99_999),
    Content(goal_cents=5_00, uses=(Use(), Use("d" * 99, -1), Use("Le four", 4_00))),
    Content(goal_cents=5_00, uses=(Use("Le four", 4_00),)),
    Content(sector="x", legal_form="x", instrument="x", rule_preset="x"),
]


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("population", [None, 0, 12])
def test_every_problem_has_a_sentence(app, content, population):
    with app.test_request_context():
        for problem in rules.problems(replace(content, commune_code="86194"), population=population, today=TODAY):
            assert problem.code in SENTENCES
            said = sentence(problem.code, **problem.facts)
            assert said.endswith((".", "?"))
            assert "%(" not in said


def test_every_refusal_has_a_sentence(app):
    facts = {"most": 3, "least": 3, "length": 4, "count": 2}
    codes = (
        "campaign_incomplete",
        "changed_meanwhile",
        "email_not_confirmed",
        "illegal_move",
        "not_editable",
        "note_missing",
        "note_too_long",
        "note_too_short",
        "own_campaign",
        "reason_unknown",
        "reasons_missing",
        "stored_text_too_long",
        "too_many_drafts",
        "zone_without_project",
        *REASONS,
    )
    with app.test_request_context():
        for code in codes:
            assert code in SENTENCES
            assert "%(" not in sentence(code, **facts)


def test_every_code_has_a_name():
    assert set(words.SECTORS) == set(rules.SECTORS)
    assert set(labels.PRESETS) == set(rules.RULE_PRESETS)
    assert set(words.STANDINGS) == set(labels.CAMPAIGN_STATES) == set(rules.STATES)
    assert set(labels.LEGAL_FORMS) == set(rules.LEGAL_FORMS)
    assert set(labels.INSTRUMENTS) == set(rules.INSTRUMENTS)
    assert set(desk.REASONS) == set(REASONS)
    content = Content()
    assert set(labels.FIELDS) == content.as_json().keys() - {"details"} | content.details.as_json().keys()
