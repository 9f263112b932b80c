"""What a domain may answer besides its result. Doors translate: 404, 422, 503."""

from typing import Any


class MitoyenError(Exception):
    """Base of every error that a door knows how to show."""


class NotFound(MitoyenError):  # noqa: N818 - the field's standard name of a 404
    """Nothing of that name, or nothing this person may know about."""


class Refused(MitoyenError):  # noqa: N818 - a refusal is an answer, not a breakdown
    """A rule says no.

    code: the machine's reason, snake_case; a door turns it into a sentence.
    facts: what the sentence needs (amounts in cents, aware UTC instants, codes).
    field: the form field the reason belongs to, or None.
    """

    def __init__(self, code: str, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts


class Unavailable(MitoyenError):  # noqa: N818 - names the 503
    """A service we depend on does not answer now; trying again later is right."""
