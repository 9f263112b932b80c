"""Reason codes become sentences: what is the matter, and what to do.

One module an area; in it, one entry for each code that a domain raises, alphabetical; a guard compares them with the
code base. A sentence without figures is a lazy string; one with figures is a function of the refusal's facts, which
ignores those it does not need.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.web.messages import (
    accounts,
    campaigns,
    details,
    investors,
    moderation,
    organisations,
    pledges,
    residence,
    rules,
    terms,
    zones,
)
from marketplace.web.messages.words import Words

_UNKNOWN = _l("Ce n’est pas possible. Revenez à la page précédente et vérifiez ce que vous demandez.")

SENTENCES: Mapping[str, Words] = {
    **accounts.SENTENCES,
    **residence.SENTENCES,
    **organisations.SENTENCES,
    **pledges.SENTENCES,
    **campaigns.SENTENCES,
    **details.SENTENCES,
    **moderation.SENTENCES,
    **rules.SENTENCES,
    **investors.SENTENCES,
    **terms.SENTENCES,
    **zones.SENTENCES,
}


def sentence(code: str, **facts: Any) -> str:
    """Return the sentence of a reason code in the reader's language.

    facts: those of the refusal (cents, aware instants, codes). A code nobody wrote a sentence for gets a general one:
    a missing sentence must not turn a refusal into a breakdown.
    """
    words = SENTENCES.get(code, _UNKNOWN)
    return str(words(**facts)) if callable(words) else str(words)
