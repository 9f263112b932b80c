"""How often the doors may be tried. Counted in the database, for all processes together; keys hold no personal data."""

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from flask import request
from werkzeug.exceptions import TooManyRequests

from marketplace.core import limits
from marketplace.core.clock import real_now
from marketplace.core.limits import Limit
from marketplace.web.context import in_transaction, runtime


@dataclass(frozen=True)
class Policy:
    """At most ``most`` tries in one ``window``, for each subject."""

    name: str
    most: int
    window: timedelta

    def of(self, subject: str = "") -> Limit:
        """Return the limit of one subject (an address, an account); without one, everybody's together."""
        return Limit(f"{self.name}:{_keyed(subject)}", self.most, self.window)


SIGN_IN_ACCOUNT = Policy("sign-in-account", 10, timedelta(hours=1))
SIGN_IN_ADDRESS = Policy("sign-in-address", 30, timedelta(minutes=15))
SIGN_IN_ALL = Policy("sign-in-all", 1200, timedelta(minutes=1))
SIGN_UP_ACCOUNT = Policy("sign-up-account", 5, timedelta(hours=1))
SIGN_UP_ADDRESS = Policy("sign-up-address", 20, timedelta(hours=1))
RESET_ACCOUNT = Policy("reset-account", 5, timedelta(hours=1))
RESET_ADDRESS = Policy("reset-address", 20, timedelta(hours=1))
LINK_ADDRESS = Policy("link-address", 30, timedelta(minutes=15))
PROOF_ACCOUNT = Policy("proof-account", 10, timedelta(days=1))
PROOF_ADDRESS = Policy("proof-address", 60, timedelta(days=1))
LETTER_ACCOUNT = Policy("letter-account", 3, timedelta(days=30))
CODE_ACCOUNT = Policy("code-account", 20, timedelta(days=1))
PHOTO_ACCOUNT = Policy("photo-account", 40, timedelta(days=1))
DOCUMENT_ACCOUNT = Policy("document-account", 40, timedelta(days=1))
ORGANISATION_ACCOUNT = Policy("organisation-account", 30, timedelta(days=1))
OWNER_ACCOUNT = Policy("owner-account", 30, timedelta(days=1))
HELP_ACCOUNT = Policy("help-account", 10, timedelta(days=1))
CONFIRMATION_ACCOUNT = Policy("confirmation-account", 5, timedelta(hours=1))
QUESTION_ACCOUNT = Policy("question-account", 20, timedelta(days=1))
REPORT_ADDRESS = Policy("report-address", 5, timedelta(hours=1))
REPORT_CAMPAIGN = Policy("report-campaign", 50, timedelta(days=1))


def spend(*spent: Limit) -> None:
    """Count one try against each limit, in a transaction of its own that stays whatever comes of the try.

    Raises TooManyRequests (429, with Retry-After): one of them is used up.
    """
    wait = in_transaction(lambda session: limits.hit(session, spent, now=real_now()))
    if wait is not None:
        raise TooManyRequests(retry_after=max(1, math.ceil(wait.total_seconds())))


def give_back(*spent: Limit, afresh: Limit) -> None:
    """Take a try back because it succeeded. afresh: a limit that starts from zero."""
    keys = [limit.key for limit in spent]
    in_transaction(lambda session: limits.give_back(session, keys, afresh=afresh.key))


def here() -> str:
    """Return the network the request comes from: the address, or the /64 of an IPv6 one (one customer has it whole)."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def _keyed(subject: str) -> str:
    secret = runtime().config.secret_key.encode()
    return hmac.new(secret, f"limit:{subject}".encode(errors="replace"), hashlib.sha256).hexdigest()[:32]
