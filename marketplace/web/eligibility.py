"""The rule's answer in words: one sentence for the verdict, one for why, one way out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from flask import session as cookie
from flask import url_for
from flask_babel import gettext as _

from marketplace.core.money import Money
from marketplace.locality.model import Decision, Investor, Link
from marketplace.pledges import services as pledges
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web.context import Me, Session
from marketplace.web.filters import km
from marketplace.web.messages import sentence
from marketplace.web.whom import reserved

COMMUNE = "commune"
# Amounts that pages offer at a click, in cents. The largest is what the rule is asked for.
_SHORTCUTS = (10_00, 20_00, 50_00, 100_00, 250_00, 500_00)
_USUAL, _OFFERED = 20_00, 3


@dataclass(frozen=True)
class Locality:
    """The badge of a card. tone: ok, warn, plain."""

    tone: str
    text: str


@dataclass(frozen=True)
class Answer:
    """The large answer of a page. href, label: the way out, when there is one.

    shortcuts: amounts worth offering to this reader, in cents; all of them would pass now. waits: their turn will come.
    """

    tone: str
    title: str
    text: str
    may_pledge: bool
    href: str | None = None
    label: str | None = None
    shortcuts: tuple[int, ...] = ()
    waits: bool = False


def commune_of(person: Me | None) -> str | None:
    """Return the commune the pages speak to: the account's, else the one typed on this device."""
    if person is not None:
        return person.commune_code
    typed = cookie.get(COMMUNE)
    return typed if isinstance(typed, str) else None


def locality(home: Commune | None, there: Commune, zone: str, *, inside: bool, proven_enough: bool) -> Locality:
    """Return the badge of a card for somebody who lives in ``home``, or for nobody in particular."""
    if home is None:
        return Locality("plain", zone[:1].upper() + zone[1:])
    away = _away(home, there)
    if not inside:
        return Locality("warn", _("%(away)s — réservé aux %(zone)s", away=away, zone=zone))
    if not proven_enough:
        return Locality("plain", _("%(away)s — avec un justificatif", away=away))
    return Locality("ok", _("%(away)s — vous pouvez participer", away=away))


def answer(
    session: Session,
    person: Me | None,
    *,
    campaign_id: UUID,
    there: Commune,
    zone: str,
    minimum: Money,
    opens_at: datetime,
    now: datetime,
) -> Answer:
    """Ask the rule for the largest amount that a page offers, say its answer to the reader; eight statements."""
    code = commune_of(person)
    if person is None and code is None and now < opens_at:
        return Answer(
            "plain",
            reserved(zone),
            _("Dites-nous où vous habitez pour savoir si vous pourrez participer."),
            may_pledge=False,
            href=url_for("pledges.where", campaign_id=campaign_id),
            label=_("Indiquer ma commune"),
        )
    if person is None and code is None:
        return Answer(
            "plain",
            reserved(zone),
            _("Dites-nous où vous habitez pour savoir si vous pouvez participer."),
            may_pledge=True,
            shortcuts=_shortcuts(minimum.cents, None),
        )
    investor = None if person is not None else typed_investor(code or "", now)
    decision = pledges.ask(
        session,
        campaign_id=campaign_id,
        backer_id=person.account_id if person else None,
        investor=investor,
        amount=max(minimum, Money(_SHORTCUTS[-1])),
        now=now,
    )
    home = territories.commune(session, code) if code else None
    said = _say(decision, home, there, zone)
    return replace(said, shortcuts=_shortcuts(minimum.cents, decision.limit_cents)) if said.may_pledge else said


def _shortcuts(minimum_cents: int, most_cents: int | None) -> tuple[int, ...]:
    """Return at most three amounts between two limits, the first ones from 20 €; the least alone when none fits."""
    fit = [cents for cents in _SHORTCUTS if minimum_cents <= cents and (most_cents is None or cents <= most_cents)]
    usual = [cents for cents in fit if cents >= _USUAL]
    return tuple((usual if len(usual) >= _OFFERED else fit)[:_OFFERED]) or (minimum_cents,)


def typed_investor(code: str, now: datetime) -> Investor:
    """Return a visitor as the rule would see them if they declared the commune they typed."""
    return Investor((Link("home", code, 1, now + timedelta(days=1)),))


def _say(decision: Decision, home: Commune | None, there: Commune, zone: str) -> Answer:
    if decision.verdict in {"accept", "accept_up_to"}:
        assert home is not None
        return Answer(
            "ok",
            _("%(away)s : vous pouvez participer", away=_you_are(home, there)),
            reserved(zone) + ".",
            may_pledge=True,
        )
    reason = decision.reasons[0]
    why = sentence(reason, **decision.facts)
    if decision.verdict == "waitlist":
        return Answer("warn", _("Liste d’attente"), why, may_pledge=True)
    if reason == "outside_rings" and home is not None:
        return Answer(
            "warn",
            reserved(zone),
            _("Vous habitez %(home)s, %(away)s.", home=home.label, away=_inside(_away(home, there))),
            may_pledge=False,
        )
    waits = decision.verdict == "wait"
    href, label = _way_out(decision.way_out)
    return Answer(
        "warn" if decision.verdict == "refuse" else "plain",
        _("%(away)s : vous pourrez participer", away=_you_are(home, there)) if waits and home else reserved(zone),
        why,
        may_pledge=False,
        href=href,
        label=label,
        waits=waits,
    )


def _way_out(code: str | None) -> tuple[str | None, str | None]:
    if code == "declare_residence":
        return url_for("residency.own"), _("Indiquer ma commune")
    if code == "prove_residence":
        return url_for("residency.own"), _("Faire vérifier mon adresse")
    return None, None


def _away(home: Commune, there: Commune) -> str:
    if home.code == there.code:
        return _("Dans votre commune")
    distance = territories.distance_km(home, there)
    return _("Hors de l’Hexagone") if distance is None else _("À %(km)s", km=km(distance))


def _inside(words: str) -> str:
    """Return words as they stand inside a sentence: "à 7 km", "hors de l’Hexagone"."""
    return words[:1].lower() + words[1:]


def _you_are(home: Commune, there: Commune) -> str:
    if home.code == there.code:
        return _("C’est dans votre commune")
    distance = territories.distance_km(home, there)
    return _("Votre commune est éligible") if distance is None else _("Vous êtes à %(km)s", km=km(distance))
