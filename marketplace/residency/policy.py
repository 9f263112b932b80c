"""Whether a signed bill proves that somebody lives in a commune. Pure: values in, a reason code out."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rapidfuzz import fuzz

from marketplace.residency.twod_doc import SignedProof

# "Justificatif de domicile", specific or an invoice. A tax notice is addressed to where one was last year.
ACCEPTED_TYPES = frozenset({"00", "01"})
FRESH = timedelta(days=92)
ALIKE = 90
_TITLES = frozenset({"m", "mme", "mlle", "mr", "mrs", "monsieur", "madame", "mademoiselle", "ou", "et", "dr", "me"})
_NOT_LETTERS = re.compile(r"[^a-z]+")


@dataclass(frozen=True)
class Claim:
    """What a proof is compared with. communes: (INSEE code, name) of those that a postcode serves."""

    display_name: str
    commune_code: str
    communes: Sequence[tuple[str, str]]


def fault(proof: SignedProof, claim: Claim, today: date) -> str | None:
    """Return why a signed proof does not prove a claim, None when it does. today: in Paris.

    Source: docs/residence.md. Its signature is judged before; its use by somebody else after.
    """
    return next(_faults(proof, claim, today), None)


def _faults(proof: SignedProof, claim: Claim, today: date) -> Iterator[str]:
    if proof.document_type not in ACCEPTED_TYPES:
        yield "document_not_accepted"
    if proof.emitted_on is None:
        yield "document_undated"
    elif proof.emitted_on > today:
        yield "document_in_future"
    elif today - proof.emitted_on > FRESH:
        yield "document_too_old"
    if not proof.names:
        yield "name_missing"
    elif not any(names_agree(claim.display_name, name) for name in proof.names):
        yield "name_differs"
    if not proof.point or not re.fullmatch(r"\d{5}", proof.postcode, re.ASCII):
        yield "address_missing"
    elif proof.country != "FR" or not _is_there(proof, claim):
        yield "address_elsewhere"


def names_agree(shown: str, written: str) -> bool:
    """Tell whether the name of an account is the one on a bill: "Camille D." is "MME/DURAND/CAMILLE".

    Each word of the account's name is a word of the bill's (nearly: a letter may differ), or the initial of one that no
    other word took. One word at least is more than an initial.
    """
    left = [word for word in _words(written) if word not in _TITLES]
    words = [word for word in _words(shown) if word not in _TITLES]
    if not any(len(word) > 1 for word in words):
        return False
    # Whole words choose first, initials take what is left.
    for word in sorted(words, key=len, reverse=True):
        alike = next((other for other in left if _alike(word, other)), None)
        if alike is None:
            return False
        left.remove(alike)
    return True


def name_key(text: str) -> str:
    """Return one spelling of a name, for hashes that tell whether two are the same."""
    return " ".join(sorted(word for word in _words(text) if word not in _TITLES))


def address_key(text: str) -> str:
    """Return one spelling of an address, for the same."""
    return " ".join(sorted(_words(text, keep_digits=True)))


def _is_there(proof: SignedProof, claim: Claim) -> bool:
    """Tell whether the postcode serves the commune, and the locality names it where the postcode serves several."""
    serves = dict(claim.communes)
    if claim.commune_code not in serves:
        return False
    locality = _words(proof.locality)
    named = {code for code, name in serves.items() if _words(name) == locality}
    return not named or claim.commune_code in named


def _alike(word: str, other: str) -> bool:
    if len(word) == 1:
        return other.startswith(word)
    return fuzz.ratio(word, other) >= ALIKE


def _words(text: str, *, keep_digits: bool = False) -> list[str]:
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    kept = "".join(char for char in bare if not unicodedata.combining(char))
    spaced = re.sub(r"[^a-z0-9]+", " ", kept) if keep_digits else _NOT_LETTERS.sub(" ", kept)
    return [{"st": "saint", "ste": "sainte"}.get(word, word) for word in spaced.split()]
