"""Refusals of this domain that carry more than one reason."""

from marketplace.core.errors import Refused
from marketplace.projects.rules import Problem


class Incomplete(Refused):
    """The campaign may not be submitted or approved yet. problems: every reason, in the order of the form."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("campaign_incomplete", count=len(problems))
        self.problems = problems
