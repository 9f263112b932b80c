"""The area of residence: its blueprint with all its views."""

from marketplace.web.residency import own, requests
from marketplace.web.residency.blueprint import bp

__all__ = ["bp", "own", "requests"]
