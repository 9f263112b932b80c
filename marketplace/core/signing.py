"""Signing statements that anybody may verify without this site: Ed25519 over canonical JSON, keys that take turns.

A key is two files in a folder: ``<id>.pem``, private, only this program reads it; ``<id>.json``, public, kept for ever.
Source: RFC 8032 (Ed25519); docs/attestations.md says how to verify with OpenSSL or with ten lines of Python.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

ALGORITHM = "Ed25519"
_ID_LENGTH = 16


class SealBroken(ValueError):  # noqa: N818 - says what the seal is
    """A sealed statement cannot be trusted. code: unreadable, unknown_key, bad_signature, key_retired."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class PublicKey:
    """A key that statements were signed with. id: of its bytes; since, until: when it signed, until exclusive."""

    id: str
    raw: bytes
    since: datetime
    until: datetime | None = None

    @property
    def pem(self) -> str:
        """The key as OpenSSL reads it."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def as_json(self) -> dict[str, Any]:
        """Return the key as it is published."""
        return {
            "algorithm": ALGORITHM,
            "id": self.id,
            "pem": self.pem,
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "PublicKey":
        """Read a published key. Raises SealBroken: unreadable, or its id is not that of its bytes."""
        try:
            raw = base64.b64decode("".join(written["pem"].split("-----")[2].split()), validate=True)[-32:]
            until = written["until"]
            key = cls(
                written["id"],
                raw,
                datetime.fromisoformat(written["since"]),
                datetime.fromisoformat(until) if until else None,
            )
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise SealBroken("unreadable") from error
        if key.id != key_id(raw):
            raise SealBroken("unreadable")
        return key


def canonical(statement: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed: JSON in UTF-8, keys in order, no space. Numbers are integers."""
    return json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def key_id(raw: bytes) -> str:
    """Return the name of a public key: the beginning of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(raw).hexdigest()[:_ID_LENGTH]


def open_sealed(sealed: object, keys: Iterable[PublicKey]) -> Mapping[str, Any]:
    """Return the statement of a sealed document. Raises SealBroken.

    A statement says itself when it was made (``issued_at``): a retired key vouches for what is older than its end.
    """
    try:
        statement, seal = sealed["statement"], sealed["signature"]  # type: ignore[index]
        signature = base64.b64decode(seal["value"], validate=True)
        issued_at = datetime.fromisoformat(statement["issued_at"])
        signed, name = canonical(statement), seal["key_id"]
        if seal["algorithm"] != ALGORITHM or issued_at.tzinfo is None or statement["key_id"] != name:
            raise SealBroken("unreadable")
    except (KeyError, TypeError, ValueError) as error:
        raise SealBroken("unreadable") from error
    key = next((one for one in keys if one.id == name), None)
    if key is None:
        raise SealBroken("unknown_key")
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, signed)
    except InvalidSignature as error:
        raise SealBroken("bad_signature") from error
    if key.until is not None and issued_at >= key.until:
        raise SealBroken("key_retired")
    return dict(statement)


class KeyRing:
    """The keys of one installation, in a folder. The newest that is not retired signs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def public_keys(self) -> tuple[PublicKey, ...]:
        """Return every key that ever signed: those in use, then the others, newest first."""
        found = [PublicKey.from_json(json.loads(path.read_text())) for path in self._folder.glob("*.json")]
        return tuple(sorted(found, key=lambda key: (key.until is None, key.since, key.id), reverse=True))

    def seal(self, statement: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
        """Return a statement with its signature; the first one makes the first key. now: aware UTC."""
        key = self._current() or self._make(now)
        return self._seal_with(key.id, statement, now)

    def rotate(self, *, now: datetime) -> PublicKey:
        """Make a new key and retire the others: their private halves are deleted. Return the new one."""
        old = [key for key in self.public_keys() if key.until is None]
        made = self._make(now)
        for key in old:
            self._publish(PublicKey(key.id, key.raw, key.since, now))
            self._private(key.id).unlink(missing_ok=True)
        return made

    def _seal_with(self, name: str, statement: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        private = load_pem_private_key(self._private(name).read_bytes(), password=None)
        assert isinstance(private, Ed25519PrivateKey)
        dated = {**statement, "issued_at": now.isoformat(), "key_id": name}
        value = base64.b64encode(private.sign(canonical(dated))).decode()
        return {"statement": dated, "signature": {"algorithm": ALGORITHM, "key_id": name, "value": value}}

    def _current(self) -> PublicKey | None:
        usable = (key for key in self.public_keys() if key.until is None and self._private(key.id).exists())
        return next(usable, None)

    def _make(self, now: datetime) -> PublicKey:
        private = Ed25519PrivateKey.generate()
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        key = PublicKey(key_id(raw), raw, now)
        self._folder.mkdir(parents=True, exist_ok=True)
        written = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        descriptor = os.open(self._private(key.id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - the mode is given when it is made
            file.write(written)
        self._publish(key)
        return key

    def _publish(self, key: PublicKey) -> None:
        draft = self._folder / f"{key.id}.{os.getpid()}"
        draft.write_text(json.dumps(key.as_json(), indent=2))
        draft.replace(self._folder / f"{key.id}.json")

    def _private(self, name: str) -> Path:
        return self._folder / f"{name}.pem"
