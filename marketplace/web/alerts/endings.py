"""The address at which one click ends the weekly mail: signed, of one account, good for as long as there are mails.

Whoever holds it can end the mails of that account and nothing else; doing it twice is doing it once.
"""

from uuid import UUID

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from marketplace.core.errors import NotFound

_TOKEN_MAX = 200


def path(secret: str, account_id: UUID) -> str:
    """Return the address, without the site."""
    return f"/desabonnement/{_signer(secret).sign(base64_encode(account_id.bytes)).decode('ascii')}"


def read(secret: str, token: str) -> UUID:
    """Return whose mails a token ends. Raises NotFound: nobody's."""
    if len(token) > _TOKEN_MAX or not token.isascii():
        raise NotFound("unsubscribe")
    try:
        return UUID(bytes=base64_decode(_signer(secret).unsign(token)))
    except BadSignature:
        raise NotFound("unsubscribe") from None


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="mitoyen.unsubscribe", key_derivation="hmac")
