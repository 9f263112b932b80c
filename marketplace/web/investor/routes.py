"""The area of investors: its blueprint with all its views."""

from marketplace.web.investor import averti, knowledge, own, profile, requests, simulation
from marketplace.web.investor.blueprint import bp

__all__ = ["averti", "bp", "knowledge", "own", "profile", "requests", "simulation"]
