"""The entry test of knowledge: eight questions, four of them about what must be known before risking money.

Only codes here; `web/investor/words.py` says them. Nobody is kept out by failing: who fails is warned and decides.
Source: regulation (EU) 2020/1503 art. 21(1) to (4); delegated regulation (EU) 2022/2114 art. 1 to 4. How it is marked
is left to platforms: docs/investor-protection.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.protection.periods import years_after

# Changes with every change of a question, an option or a right answer.
VERSION = "2026-11"
PASS_RIGHT = 6
REVIEW_YEARS = 2


@dataclass(frozen=True)
class Question:
    """One question. options: in the order they are shown. red: to be known by whoever passes."""

    code: str
    options: tuple[str, ...]
    right: str
    red: bool = False


QUESTIONS = (
    Question("total_loss", ("guaranteed", "half", "everything"), "everything", red=True),
    Question("illiquidity", ("any_time", "not_sure", "thirty_days"), "not_sure", red=True),
    Question("no_guarantee", ("covered", "not_covered", "above_100000"), "not_covered", red=True),
    Question("diversification", ("one_project", "spread", "same_sector"), "spread", red=True),
    Question("return", ("promised", "planned", "state_backed"), "planned"),
    Question("rate_and_risk", ("safer", "unrelated", "riskier"), "riskier"),
    Question("reflection", ("never", "four_days", "until_closing"), "four_days"),
    Question("platform", ("guarantees", "reads", "repays"), "reads"),
)
BY_CODE: Mapping[str, Question] = {question.code: question for question in QUESTIONS}


@dataclass(frozen=True)
class Mark:
    """What a set of answers is worth."""

    right: int
    red_right: int
    passed: bool


def mark(answers: Mapping[str, str]) -> Mark:
    """Mark a set of answers: option by question; a question without an answer is wrong.

    Passed: every red question right, and six of the eight at least.
    """
    right = [question for question in QUESTIONS if answers.get(question.code) == question.right]
    red = sum(question.red for question in right)
    return Mark(len(right), red, red == RED and len(right) >= PASS_RIGHT)


RED = sum(question.red for question in QUESTIONS)


def valid_until(taken_at: datetime) -> datetime:
    """Return until when a test counts, exclusive: it is reviewed every two years. Source: art. 21(3)."""
    return years_after(taken_at, REVIEW_YEARS)
