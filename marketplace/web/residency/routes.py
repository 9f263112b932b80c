"""The area of residence: its blueprint with all its views."""

from marketplace.web.residency import desk, own, post, proving, requests, working
from marketplace.web.residency.blueprint import bp

__all__ = ["bp", "desk", "own", "post", "proving", "requests", "working"]
