"""Links that mails carry: signed, dated, and dead once used. Nothing about them is stored.

A token names an account and its security stamp. Whatever a link does changes the stamp, so that it works once, and
every link sent before dies with a change of password.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from itsdangerous import BadSignature, TimestampSigner
from itsdangerous.encoding import base64_decode, base64_encode

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
    value = base64_encode(holder.account_id.bytes + holder.security_stamp.bytes)
    return _signer(secret, purpose).sign(value).decode("ascii")


def read(secret: str, purpose: str, token: str) -> Holder:
    """Return whom a token was made for. Raises AccountRefused: link_used (forged, too old, of another purpose)."""
    if len(token) > _TOKEN_MAX or not token.isascii():
        raise AccountRefused("link_used")
    try:
        signed = _signer(secret, purpose).unsign(token, max_age=int(lifetime(purpose).total_seconds()))
    except BadSignature:
        raise AccountRefused("link_used") from None
    value = base64_decode(signed)
    return Holder(UUID(bytes=value[:16]), UUID(bytes=value[16:]))


def lifetime(purpose: str) -> timedelta:
    """Return how long links of a purpose work."""
    return _WITHIN[purpose]


def _signer(secret: str, purpose: str) -> TimestampSigner:
    return TimestampSigner(secret, salt=f"mitoyen.{purpose}", key_derivation="hmac", digest_method=hashlib.sha256)
