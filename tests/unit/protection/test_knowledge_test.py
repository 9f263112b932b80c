"""The knowledge test: what passes, what does not, and that a red question is never made up for."""

from itertools import combinations

import pytest

from marketplace.protection import knowledge_test
from marketplace.protection.knowledge_test import QUESTIONS, mark
from tests.unit.protection.test_reflection import paris

ALL_RIGHT = {question.code: question.right for question in QUESTIONS}
RED = [question.code for question in QUESTIONS if question.red]
OTHERS = [question.code for question in QUESTIONS if not question.red]


def wrong(*codes):
    """Answers with some questions wrong."""
    return ALL_RIGHT | {
        question.code: next(option for option in question.options if option != question.right)
        for question in QUESTIONS
        if question.code in codes
    }


def test_eight_questions_of_which_four_are_red():
    assert len(QUESTIONS) == len(ALL_RIGHT) == 8
    assert RED == ["total_loss", "illiquidity", "no_guarantee", "diversification"]
    assert all(question.right in question.options and len(set(question.options)) == 3 for question in QUESTIONS)


def test_everything_right_passes():
    assert mark(ALL_RIGHT) == knowledge_test.Mark(right=8, red_right=4, passed=True)


@pytest.mark.parametrize("missed", [*combinations(OTHERS, 1), *combinations(OTHERS, 2)])
def test_two_others_may_be_wrong(missed):
    assert mark(wrong(*missed)).passed


@pytest.mark.parametrize("missed", [*combinations(OTHERS, 3)])
def test_three_may_not(missed):
    found = mark(wrong(*missed))

    assert (found.right, found.red_right, found.passed) == (5, 4, False)


@pytest.mark.parametrize("red", RED)
def test_one_red_question_wrong_fails_whatever_the_rest(red):
    found = mark(wrong(red))

    assert (found.right, found.red_right, found.passed) == (7, 3, False)


def test_no_answer_and_an_unknown_answer_are_wrong():
    assert mark({}) == knowledge_test.Mark(0, 0, passed=False)
    assert not mark({**ALL_RIGHT, "total_loss": "perhaps"}).passed
    assert mark({**ALL_RIGHT, "another": "everything"}).passed


def test_it_is_taken_again_after_two_years():
    assert knowledge_test.valid_until(paris("2028-02-29T10:00")) == paris("2030-02-28T10:00")
