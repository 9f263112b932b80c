"""Keeping what must be read by one person for a while: encrypted at rest, with keys that can be replaced.

Each content has a random key of its own, wrapped by the newest of the installation's keys (AES-256-GCM both). What it
belongs to is bound to it: moved to another row it does not open. Replacing a key wraps these keys again, and leaves the
contents as they are.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Unsealable(Exception):  # noqa: N818 - says what the content is
    """The content was changed, belongs elsewhere, or its key is gone."""


@dataclass(frozen=True)
class Sealed:
    """An encrypted content with its wrapped key."""

    key_version: int
    wrapped_key: bytes
    content: bytes


@dataclass(frozen=True)
class Keyring:
    """The keys of an installation, by version; the newest one seals. pepper: for fingerprints that nobody can guess."""

    keys: Mapping[int, bytes] = field(repr=False)
    pepper: bytes = field(repr=False)

    @property
    def newest(self) -> int:
        """The version that seals."""
        return max(self.keys)

    def seal(self, content: bytes, *, bound_to: str) -> Sealed:
        """Encrypt a content. bound_to: what it belongs to, the same text opens it."""
        key = AESGCM.generate_key(256)
        wrapped = _encrypt(self.keys[self.newest], key, bound_to)
        return Sealed(self.newest, wrapped, _encrypt(key, content, bound_to))

    def open(self, sealed: Sealed, *, bound_to: str) -> bytes:
        """Decrypt a content. Raises Unsealable."""
        return _decrypt(self._key(sealed, bound_to), sealed.content, bound_to)

    def rewrapped(self, sealed: Sealed, *, bound_to: str) -> Sealed:
        """Return the same content, its key wrapped by the newest one. Raises Unsealable."""
        wrapped = _encrypt(self.keys[self.newest], self._key(sealed, bound_to), bound_to)
        return Sealed(self.newest, wrapped, sealed.content)

    def fingerprint(self, kind: str, text: str) -> bytes:
        """Return 32 bytes that are the same for the same text, and tell nothing of it without the pepper."""
        return hmac.new(self.pepper, f"{kind}:{text}".encode(errors="replace"), hashlib.sha256).digest()

    def _key(self, sealed: Sealed, bound_to: str) -> bytes:
        if sealed.key_version not in self.keys:
            raise Unsealable(sealed.key_version)
        return _decrypt(self.keys[sealed.key_version], sealed.wrapped_key, bound_to)


def _encrypt(key: bytes, content: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, bound_to.encode())


def _decrypt(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise Unsealable(bound_to) from error
