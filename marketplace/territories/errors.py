"""What importing a release may refuse."""

from marketplace.core.errors import MitoyenError


class ReleaseCorrupted(MitoyenError):  # noqa: N818 - says what the release is
    """A file of the release is missing, or is not the one its manifest describes."""


class ReleaseOutdated(MitoyenError):  # noqa: N818 - same
    """The database already holds a later release of this country."""
