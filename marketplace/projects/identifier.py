"""The identifier of an offer: 28 characters, those of the platform and eight of the offer. Pure.

Source: delegated regulation (EU) 2022/2119 art. 3; ISO 17442 (LEI), ISO 7064 MOD 97-10.
"""

# No register gave this one out: it says so itself, and its two check digits are right all the same.
_NOBODY = "MITOYENSANDBOX0000"
DIGITS = 8


def _check_digits(body: str) -> str:
    number = int("".join(str(int(letter, 36)) for letter in f"{body}00"))
    return f"{98 - number % 97:02d}"


PLATFORM = _NOBODY + _check_digits(_NOBODY)


def of_offer(number: int) -> str:
    """Return the identifier of an offer. It never changes. Raises ValueError: more digits than there are."""
    if not 0 < number < 10**DIGITS:
        raise ValueError(number)
    return f"{PLATFORM}{number:0{DIGITS}d}"
