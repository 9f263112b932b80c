"""A rule in words, published or not yet: when each circle opens, its limits, what a share or a reserve guarantees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.locality.limits import LEVEL_1_CAP
from marketplace.locality.rule import Rule, midnight
from marketplace.web.filters import count, days, instant, money, percent_of
from marketplace.web.rule_labels import PROOFS_ASKED


@dataclass(frozen=True)
class Circle:
    """One circle in words. who: "habitants du Grand Poitiers"; opens: "Dès l’ouverture"; terms: its own limits."""

    number: int
    who: str
    opens: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Span:
    """When a campaign is open. closes_at: exclusive."""

    opens_at: datetime
    closes_at: datetime


def circles(rule: Rule, whom: Sequence[str], span: Span | None = None) -> tuple[Circle, ...]:
    """Return the circles of a rule, innermost first. whom: each in words; span: None before publication."""
    starts = opening_days(rule)
    return tuple(
        Circle(
            number=number + 1,
            who=whom[number],
            opens=opening(starts[number], span),
            terms=(
                *((str(PROOFS_ASKED[terms.minimum_level]),) if terms.minimum_level in PROOFS_ASKED else ()),
                *((_("Au plus %(most)s par personne.", most=money(terms.cap_cents)),) if terms.cap_cents else ()),
                *((_("Au moins %(least)s.", least=money(terms.minimum_cents)),) if terms.minimum_cents else ()),
            ),
        )
        for number, terms in enumerate(rule.rings)
    )


def opening_days(rule: Rule) -> tuple[int, ...]:
    """Return after how many days each circle opens."""
    starts = [0] * len(rule.rings)
    opened, passed = -1, 0
    for turn in rule.turns:
        for number in range(opened + 1, turn.ring + 1):
            starts[number] = passed
        opened, passed = max(opened, turn.ring), passed + (turn.days or 0)
    return tuple(starts)


def opening(after: int, span: Span | None) -> str:
    """Return when a circle opens, in words; at a known instant once the campaign is public."""
    if not after:
        return _("Dès l’ouverture")
    if span is None:
        return _("Après %(days)s", days=days(after))
    return _("À partir du %(at)s", at=instant(midnight(span.opens_at, after)))


def quotas(rule: Rule, *, goal_cents: int | None, span: Span | None = None) -> tuple[str, ...]:
    """Return what a rule guarantees, a sentence or two for each quota. goal_cents: None while it is not chosen."""
    said = [
        _(
            "À chaque instant, au moins %(percent)s de l’argent vient %(of_rings)s. Seul l’argent qui ne peut plus "
            "être retiré ouvre de la place aux autres.",
            percent=percent_of(share.percent, 100),
            of_rings=_of_rings(share.ring),
        )
        for share in rule.min_shares
    ]
    said += [
        _(
            "%(amount)s sont gardés pour qui vient %(of_rings)s, %(until)s.",
            amount=money(kept.amount_cents),
            of_rings=_of_rings(kept.ring),
            until=_until(kept.days, span),
        )
        for kept in rule.reserves
    ]
    for lid in rule.ceilings:
        most = (
            _("%(percent)s de l’objectif", percent=percent_of(lid.percent or 0, 100))
            if lid.amount_cents is None and goal_cents is None
            else money(lid.ceiling(goal_cents or 0).amount_cents)
        )
        said.append(
            _("Au plus %(amount)s viennent de plus loin que le cercle %(number)s.", amount=most, number=lid.ring + 1)
        )
    said += [
        ngettext(
            "La collecte ne réussit que si au moins %(people)s personne %(of_rings)s y participe.",
            "La collecte ne réussit que si au moins %(people)s personnes %(of_rings)s y participent.",
            wanted.people,
            people=count(wanted.people),
            of_rings=_of_rings(wanted.ring),
        )
        for wanted in rule.min_people
    ]
    said += [
        _(
            "%(fund)s ajoute %(percent)s de ce que promettent les personnes %(of_rings)s, au plus %(each)s par "
            "personne et %(total)s en tout. Ce fonds verse cet argent lui-même au porteur.",
            fund=match.fund,
            percent=percent_of(match.percent, 100),
            of_rings=_of_rings(match.ring),
            each=money(match.per_person_cents),
            total=money(match.total_cents),
        )
        for match in rule.matches
    ]
    return (*said, *_who_counts(rule))


def _who_counts(rule: Rule) -> Iterator[str]:
    """Say who counts beside those who live there, who does not, and what the owner's people may hold."""
    if "work" in rule.accepts.get("person", ()):
        yield _(
            "Les personnes qui travaillent dans ces communes comptent comme celles qui y habitent. Elles le déclarent "
            "sur l’honneur : %(most)s au plus par personne.",
            most=money(LEVEL_1_CAP),
        )
    if rule.accepts.keys() == {"person"}:
        yield _("Seules des personnes participent : ni entreprises, ni associations, ni collectivités.")
    if rule.related_percent is not None:
        yield _(
            "Le porteur, son équipe et leurs proches engagent ensemble au plus %(percent)s de l’objectif. Leur argent "
            "est montré à part et n’ouvre de place à personne.",
            percent=percent_of(rule.related_percent, 100),
        )


def _until(after: int | None, span: Span | None) -> str:
    if span is not None:
        return _(
            "jusqu’au %(until)s", until=instant(span.closes_at if after is None else midnight(span.opens_at, after))
        )
    return _("jusqu’à la fin") if after is None else _("pendant %(days)s", days=days(after))


def _of_rings(ring: int) -> str:
    return _("du premier cercle") if ring == 0 else _("des %(number)s premiers cercles", number=ring + 1)
