"""The rule's answer in full: the verdict, each reason, the smallest change that lifts it, what would be better."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.core.money import Money
from marketplace.locality.model import Better, Block
from marketplace.pledges.explaining import Explanation
from marketplace.web.campaigns.terms import yearly_rate
from marketplace.web.filters import instant, money
from marketplace.web.messages import sentence

KINDS: Mapping[str, LazyString] = {
    "person": _l("Une personne qui y habite"),
    "sme": _l("Une entreprise qui y a son siège ou un établissement"),
    "association": _l("Une association qui y a des membres"),
    "public_body": _l("La commune elle-même"),
}
LEVELS: Mapping[str, LazyString] = {
    "1": _l("Déclarée"),
    "2": _l("Confirmée par code postal"),
    "3": _l("Justifiée"),
}
# Verdict → tone of the large answer. Never colour alone: the words say it.
TONES = {"accept": "ok", "accept_up_to": "ok", "wait": "plain", "verify": "plain", "waitlist": "warn", "refuse": "warn"}


def verdict(explained: Explanation, amount: Money) -> str:
    """Return the answer in one sentence."""
    decision = explained.decision
    if decision.verdict == "accept":
        return _("Oui : %(amount)s peuvent être engagés.", amount=money(amount))
    if decision.verdict == "accept_up_to":
        return _("Oui, mais pas autant : %(most)s au plus.", most=money(decision.limit_cents or 0))
    if decision.reasons[0] == "campaign_not_open":
        return _("Pas encore : la collecte n’est pas ouverte.")
    return str(_VERDICTS[decision.verdict])


def question(form: Any, commune: str | None, amount: Money, at: datetime) -> str:
    """Return what was asked. commune: its label, None for the reader's own account."""
    what = _("Pour %(amount)s, le %(at)s.", amount=money(amount), at=instant(at))
    if commune is None:
        return _("%(what)s Avec votre commune et vos engagements d’aujourd’hui.", what=what)
    who = str(KINDS[form.nature.data])
    if form.nature.data == "person":
        return _(
            "%(what)s %(who)s : %(commune)s, adresse %(level)s.",
            what=what,
            who=who,
            commune=commune,
            level=str(LEVELS[form.niveau.data]).lower(),
        )
    return _("%(what)s %(who)s : %(commune)s.", what=what, who=who, commune=commune)


_VERDICTS: Mapping[str, LazyString] = {
    "wait": _l("Pas encore : le tour de ce cercle vient plus tard."),
    "verify": _l("Pas sans une preuve de plus."),
    "waitlist": _l("Pas tout de suite : il faut attendre qu’une place se libère."),
    "refuse": _l("Non."),
}


def reasons(explained: Explanation) -> list[tuple[str, str]]:
    """Return what stands in the way, the first to say first: (why, the smallest change that lifts it)."""
    return [(_why(block), way_out(block)) for block in explained.decision.blocks]


def _why(block: Block) -> str:
    """Return why; what may still be asked for belongs to the way out, but where it is all there is to say."""
    limit = block.limit_cents if block.reason == "hard_cap" else None
    return sentence(block.reason, **{**block.facts, "limit_cents": limit})


def way_out(block: Block) -> str:
    """Return the smallest change that lifts one thing in the way, or that there is none."""
    if block.way_out == "wait":
        return _("Attendre le %(at)s.", at=instant(block.facts["until"]))
    if block.way_out == "lower_amount":
        return _("Demander %(most)s au plus.", most=money(block.limit_cents or 0))
    if block.way_out == "raise_amount":
        return _("Demander %(least)s au moins.", least=money(block.facts["minimum_cents"]))
    return str(_WAYS[block.way_out])


_WAYS: Mapping[str, LazyString] = {
    "none": _l("Rien ne peut y changer."),
    "ask_guardian": _l("Demander à un parent ou à un tuteur."),
    "declare_members": _l("Déclarer assez de membres qui habitent ce territoire."),
    "declare_residence": _l("Indiquer la commune où l’on habite, ou renouveler sa déclaration."),
    "declare_seat": _l("Indiquer la commune du siège ou d’un établissement."),
    "join_waitlist": _l("S’inscrire sur la liste d’attente : les places qui se libèrent y sont proposées chaque jour."),
    "prove_residence": _l("Faire vérifier son adresse."),
}


def better(found: Better) -> str:
    """Return what a better proof would give to somebody who is accepted already."""
    ring = _("Avec une adresse mieux prouvée, ce serait le cercle %(number)s", number=found.ring + 1)
    if found.rate_bp is not None:
        return _("%(ring)s, à %(rate)s.", ring=ring, rate=yearly_rate(found.rate_bp))
    if found.cap_cents is None:
        return _("%(ring)s, à ses conditions.", ring=ring)
    return _("%(ring)s, et jusqu’à %(most)s par personne.", ring=ring, most=money(found.cap_cents))
