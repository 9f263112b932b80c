"""What a sentence is, and what several of them end with."""

from typing import TypeAlias

from flask_babel import gettext as _

from marketplace.web.filters import money

# A lazy string, or a function of the facts.
Words: TypeAlias = object


def at_most(rule: str, limit_cents: int | None) -> str:
    """Return the words of a rule, followed by what may still be pledged where that is something. limit_cents: cents."""
    if not limit_cents:
        return rule
    most = _("Saisissez au plus %(most)s.", most=money(limit_cents))  # not in the f-string: nothing is read there
    return f"{rule} {most}"
