"""What a campaign says and what it could say more: a checklist with weights. Pure; advice, never a condition."""

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.projects.rules import Content

GOOD_STORY, ENOUGH_RISKS = 600, 3


@dataclass(frozen=True)
class Point:
    """One thing that readers look for. weight: of a hundred; section: of the editor, where it is written."""

    code: str
    section: str
    weight: int
    holds: Callable[[Content], bool]


POINTS = (
    Point("uses", "argent", 20, lambda said: bool(said.uses)),
    Point(
        "suppliers",
        "argent",
        15,
        lambda said: bool(said.uses) and all(use.supplier and use.commune_code for use in said.uses),
    ),
    Point("photo", "histoire", 15, lambda said: bool(said.details.photos)),
    Point("story", "histoire", 10, lambda said: len(said.story_markdown) >= GOOD_STORY),
    Point("team", "equipe", 10, lambda said: bool(said.details.team)),
    Point("risks", "equipe", 20, lambda said: len(said.details.risks) >= ENOUGH_RISKS),
    Point("promises", "promesses", 10, lambda said: any(vars(said.details.promises).values())),
)


@dataclass(frozen=True)
class Completeness:
    """How complete a campaign is. percent: the weights of what is there; missing: the heaviest first."""

    percent: int
    missing: tuple[Point, ...]


def of(content: Content) -> Completeness:
    """Tell what is there and what is missing."""
    missing = tuple(sorted((point for point in POINTS if not point.holds(content)), key=lambda point: -point.weight))
    return Completeness(sum(point.weight for point in POINTS) - sum(point.weight for point in missing), missing)
