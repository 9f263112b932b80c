"""Numbers that name a French organisation. Pure; whether a number is in use is not known here.

SIREN: 9 digits; SIRET: the SIREN and 5 digits for one place; both end with a check digit (Luhn), except the SIRET of
places of La Poste, whose digits add up to a multiple of 5. RNA: the number of an association, "W" and nine more.
"""

import re

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as _siren
from stdnum.fr import siret as _siret

_RNA = re.compile(r"W\d[0-9A-Z]\d{7}", re.ASCII)
_BETWEEN = re.compile(r"[\s.\-_]+")


def parse_siren(text: str) -> str:
    """Return a SIREN as nine digits, from one or from a SIRET. Raises ValueError."""
    digits = _compact(text)
    if len(digits) == 14:
        return parse_siret(digits)[:9]
    return _validated(_siren, digits)


def parse_siret(text: str) -> str:
    """Return a SIRET as fourteen digits. Raises ValueError."""
    return _validated(_siret, _compact(text))


def parse_rna(text: str) -> str:
    """Return the number of an association: "W751080001", "W9R1000123". Raises ValueError."""
    number = _compact(text).upper()
    if not _RNA.fullmatch(number):
        raise ValueError(text[:20])
    return number


def _compact(text: str) -> str:
    return _BETWEEN.sub("", text[:40])


def _validated(kind: object, digits: str) -> str:
    # The library reads digits of every script.
    if not digits.isascii():
        raise ValueError(digits)
    try:
        return str(kind.validate(digits))  # type: ignore[attr-defined]  # two modules of one shape
    except ValidationError:
        raise ValueError(digits) from None
