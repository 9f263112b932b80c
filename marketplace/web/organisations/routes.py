"""Every view of the area."""

from marketplace.web.organisations import own, places, review
from marketplace.web.organisations.blueprint import bp

__all__ = ["bp", "own", "places", "review"]
