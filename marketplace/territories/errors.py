"""What importing a release may refuse."""

from marketplace.core.errors import MitoyenError, Refused
from marketplace.locality.zones import ZoneError

# Letters of an offending value that a sentence repeats.
_SHOWN = 60


class ReleaseCorrupted(MitoyenError):  # noqa: N818 - says what the release is
    """A file of the release is missing, or is not the one its manifest describes."""


class ReleaseOutdated(MitoyenError):  # noqa: N818 - same
    """The database already holds a later release of this country."""


class ZonagesUnreadable(MitoyenError):  # noqa: N818 - same
    """A file is not the table of statistical areas. Its first argument says why, for an operator."""


def refusal(error: ZoneError, *, field: str | None = None) -> Refused:
    """Return what a door says of a zone that cannot be compiled. field: of the form, where the zone was written."""
    value = str(error.value) if isinstance(error.value, str | int | float) else ""
    shown = "".join(letter for letter in value[:_SHOWN] if letter.isprintable())
    place = ".".join(map(str, error.path))
    return Refused(f"zone_{error.code}", field=field, value=shown, place=place[:_SHOWN])
