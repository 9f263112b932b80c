"""Hashing and judging passwords. Slow on purpose: never call it inside a transaction."""

from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.accounts.errors import AccountRefused
from marketplace.accounts.rules import PASSWORD_MAX, fold, normalise_password, password_fault

# OWASP's minimum for argon2id: 19 MiB, 2 passes, 1 lane. About 50 ms of one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_BLOCKLIST = Path(__file__).parent / "data" / "common_passwords.txt"


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, salt and parameters included."""
    return _HASHER.hash(_bytes(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Say whether a password matches a hash.

    password_hash: None when there is no such account; the same work is done, so that time tells nothing.
    """
    reference = password_hash or _nobodys_hash()
    attempt = _bytes(password[: 2 * PASSWORD_MAX])
    try:
        _HASHER.verify(reference, attempt)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Say whether a hash was made with older parameters and should be made again at this sign-in."""
    return _HASHER.check_needs_rehash(password_hash)


def check_new(password: str, *, email: str, field: str = "password") -> None:
    """Let a new password pass. Raises AccountRefused: password_too_short, password_too_long, password_too_common."""
    fault = password_fault(password, email=email, common=common_passwords())
    if fault is not None:
        raise AccountRefused(fault, field=field)


@cache
def common_passwords() -> frozenset[str]:
    """Return the blocklist, folded."""
    lines = _BLOCKLIST.read_text(encoding="utf-8").splitlines()
    return frozenset(fold(line) for line in lines if line and not line.startswith("#"))


def _bytes(password: str) -> bytes:
    # A lone surrogate cannot be encoded, nor typed.
    return normalise_password(password).encode(errors="replace")


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("the password of nobody")
