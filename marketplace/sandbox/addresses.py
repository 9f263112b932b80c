"""Postal addresses, as billing details and deliveries hold them: every field there, null when not given."""

from marketplace.sandbox.account import unset
from marketplace.sandbox.spec import JSON

FIELDS = ("city", "country", "line1", "line2", "postal_code", "state")


def address(given: JSON | str | None) -> JSON | None:
    """Return an address; the empty text unsets it."""
    if not isinstance(given, dict):
        return None
    return {name: unset(given.get(name)) for name in FIELDS}


def shipping(given: JSON | str | None) -> JSON | None:
    """Return where something is delivered, and to whom; the empty text unsets it."""
    if not isinstance(given, dict):
        return None
    return {"address": address(given["address"]), "name": given["name"], "phone": unset(given.get("phone"))}
