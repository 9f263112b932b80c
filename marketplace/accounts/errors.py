"""What accounts refuse. Every code has its sentence in `web/messages`."""

from marketplace.core.errors import Refused


class AccountRefused(Refused):
    """A rule about accounts says no.

    Codes: email_invalid, email_not_confirmed, password_too_short, password_too_long, password_too_common,
    password_wrong, link_used, display_name_invalid, administrator_unknown.
    """
