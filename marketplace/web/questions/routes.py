"""The area of questions: its blueprint with all its views."""

from marketplace.web.questions import own, public
from marketplace.web.questions.blueprint import bp

__all__ = ["bp", "own", "public"]
