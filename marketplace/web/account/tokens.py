"""Links that mails carry: signed, dated, and dead once used. Nothing about them is stored.

A token names an account and its security stamp. Whatever a link does changes the stamp, so that it works once, and
every link sent before dies with a change of password.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer

from marketplace.accounts.errors import AccountRefused
from marketplace.accounts.rules import CONFIRM_WITHIN, RESET_WITHIN

_TOKEN_MAX = 400
_WITHIN = {"confirm": CONFIRM_WITHIN, "reset": RESET_WITHIN}


@dataclass(frozen=True)
class Holder:
    """Who followed a link, and the state of the account the link was made for."""

    account_id: UUID
    security_stamp: UUID


def make(secret: str, purpose: str, holder: Holder) -> str:
    """Return the token of a link. purpose: "confirm" or "reset"; one does not serve for the other."""
    return str(_serializer(secret, purpose).dumps([holder.account_id.hex, holder.security_stamp.hex]))


def read(secret: str, purpose: str, token: str) -> Holder:
    """Return whom a token was made for. Raises AccountRefused: link_used (forged, too old, of another purpose)."""
    if len(token) > _TOKEN_MAX:
        raise AccountRefused("link_used")
    try:
        account_id, stamp = _serializer(secret, purpose).loads(token, max_age=int(lifetime(purpose).total_seconds()))
        return Holder(UUID(hex=account_id), UUID(hex=stamp))
    except (BadSignature, ValueError):
        raise AccountRefused("link_used") from None


def lifetime(purpose: str) -> timedelta:
    """Return how long links of a purpose work."""
    return _WITHIN[purpose]


def _serializer(secret: str, purpose: str) -> "URLSafeTimedSerializer":
    return URLSafeTimedSerializer(secret, salt=f"mitoyen.{purpose}")
