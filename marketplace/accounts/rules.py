"""Pure rules about e-mail addresses, passwords, names, how long a device stays signed in, and kinds of organisation."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email

PASSWORD_MIN = 12
PASSWORD_MAX = 128
EMAIL_MAX = 254
NAME_MAX = 80
IDLE = timedelta(days=30)
ABSOLUTE = timedelta(days=90)
# A device is noted as seen at most once in this time: reading a page does not write.
SEEN_EVERY = timedelta(days=1)
CONFIRM_WITHIN = timedelta(days=7)
RESET_WITHIN = timedelta(hours=1)

# What an organisation is in law, and how the local-to-local rule sees it (`locality.model.InvestorKind`).
LEGAL_FORMS: Mapping[str, str] = {
    "scop": "sme",
    "scic": "sme",
    "sas": "sme",
    "sarl": "sme",
    "sa": "sme",
    "ei": "sme",
    "autre_societe": "sme",
    "association": "association",
    "commune": "public_body",
    "epci": "public_body",
    "departement": "public_body",
    "region": "public_body",
}
ORGANISATION_KINDS = ("sme", "association", "public_body")
ROLES = ("manager", "member")
CAPACITIES = ("legal_representative", "delegate")
MANDATE_REASONS = ("mandate_not_shown", "mandate_other_person", "mandate_too_narrow", "organisation_not_active")

# Words an attacker tries first here.
CONTEXT_WORDS = ("mitoyen", "citoyen", "voisin", "epargne", "motdepasse", "password")
# A password must keep this many letters or digits once such words and the address are taken out of it.
_OWN_LENGTH = 8
_LOCAL_PART_MIN = 4
# Control, format (bidi overrides, zero-width), surrogate, private use, unassigned.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Address:
    """A valid e-mail address. shown: as written, for sending. normalised: one spelling for one mailbox."""

    shown: str
    normalised: str


def parse_email(text: str) -> Address:
    """Read an e-mail address; the domain is not looked up.

    Raises ValueError: not an address, longer than 254 characters, letters outside ASCII before the @ (they cannot be
    written to reliably, and look-alikes would make two accounts of one name).
    """
    folded = unicodedata.normalize("NFKC", text.strip()) if len(text) <= 4 * EMAIL_MAX else ""
    if not 3 <= len(folded) <= EMAIL_MAX:
        raise ValueError("length")
    try:
        valid = validate_email(folded, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError("shape") from error
    return Address(shown=valid.normalized, normalised=(valid.ascii_email or valid.normalized).casefold())


def clean_name(text: str) -> str:
    """Return a name or another short line with its spaces put in order.

    Raises ValueError: empty, longer than 80 characters, or with characters that do not show (controls, direction
    overrides) and could disguise it.
    """
    name = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if not 1 <= len(name) <= NAME_MAX or any(unicodedata.category(char) in _INVISIBLE for char in name):
        raise ValueError(text[:NAME_MAX])
    return name


def normalise_password(text: str) -> str:
    """Return the one spelling under which a password is hashed: keyboards differ in how they compose accents."""
    return unicodedata.normalize("NFKC", text)


def password_fault(password: str, *, email: str, common: frozenset[str]) -> str | None:
    """Return why a password is refused as a new one, None when it is fine.

    common: the blocklist, folded as `fold` does. Length and the blocklist only: rules about kinds of characters make
    passwords worse. Source: NIST SP 800-63B §3.1.1, OWASP ASVS 5.0 §6.2.
    """
    normal = normalise_password(password)
    if len(normal) < PASSWORD_MIN:
        return "password_too_short"
    if len(normal) > PASSWORD_MAX:
        return "password_too_long"
    folded = fold(normal)
    local = fold(email.partition("@")[0])
    words = (*CONTEXT_WORDS, local) if len(local) >= _LOCAL_PART_MIN else CONTEXT_WORDS
    if folded and (folded in common or folded.strip("0123456789") in common or _own(folded, words) < _OWN_LENGTH):
        return "password_too_common"
    return "password_too_common" if len(set(normal)) < PASSWORD_MIN // 3 else None


def fold(text: str) -> str:
    """Return letters and digits only, without accents or case, for comparing with the blocklist."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in bare if char.isalnum())


def _own(folded: str, words: tuple[str, ...]) -> int:
    """Count what is left of a password that holds a guessable word, once the word and digits are gone."""
    rest = folded
    for word in words:
        rest = rest.replace(word, "")
    return len(folded) + _OWN_LENGTH if rest == folded else len(rest.strip("0123456789"))


def session_is_alive(*, last_seen_at: datetime, expires_at: datetime, now: datetime) -> bool:
    """Say whether a device is still signed in: 30 days without use end it, 90 days end it anyway.

    All aware UTC, real time; both ends are exclusive.
    """
    return now < expires_at and now < last_seen_at + IDLE


def kind_of(legal_form: str) -> str:
    """Return how the rule sees an organisation of a legal form. Raises KeyError: a form of none."""
    return LEGAL_FORMS[legal_form]
