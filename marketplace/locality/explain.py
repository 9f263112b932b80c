"""A decision as JSON, for any rule and any investor: what `flask locality explain` prints.

The shapes are described in docs/local-to-local.md.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from marketplace.locality.model import ACCEPTED_LINKS, Decision, Investor, InvestorKind, Link, Offer, RingTotal, Totals
from marketplace.locality.rule import RuleError

PARIS = ZoneInfo("Europe/Paris")
MAJORITY = 18


def investor_of(written: object, now: datetime | None = None) -> Investor:
    """Read an investor. Raises RuleError, with a path that starts with "investor".

    now: when they ask; with it, whoever was "born" less than eighteen years before is a minor.
    """
    values = _object(written, "investor")
    kind = values.get("kind", "person")
    if not isinstance(kind, str) or kind not in ACCEPTED_LINKS:
        raise RuleError("investor_kind_unknown", "investor.kind")
    links = values.get("links", [])
    if not isinstance(links, list):
        raise RuleError("rule_unreadable", "investor.links")
    return Investor(
        links=tuple(_link(value, f"investor.links.{index}") for index, value in enumerate(links)),
        already_cents=_cents(values, "already_cents", "investor"),
        year_cents=_cents(values, "year_cents", "investor"),
        kind=cast("InvestorKind", kind),
        related=values.get("related") is True,
        minor=values.get("minor") is True or _is_minor(values.get("born"), now),
        guardian=values.get("guardian") is True,
        one_look=values.get("one_look") is True,
    )


def _is_minor(born: object, now: datetime | None) -> bool:
    """Tell whether somebody is under eighteen. Raises RuleError: investor_unborn, or a date that cannot be read."""
    if born is None or now is None:
        return False
    try:
        day = date.fromisoformat(born if isinstance(born, str) else "")
    except ValueError as error:
        raise RuleError("instant_unreadable", "investor.born") from error
    today = now.astimezone(PARIS).date()
    if day > today:
        raise RuleError("investor_unborn", "investor.born")
    return (today.year - day.year) - ((today.month, today.day) < (day.month, day.day)) < MAJORITY


def totals_of(written: object) -> Totals:
    """Read totals. Raises RuleError, with a path that starts with "totals"."""
    values = _object(written, "totals")
    rings = values.get("rings", [])
    if not isinstance(rings, list):
        raise RuleError("rule_unreadable", "totals.rings")
    found = []
    for index, value in enumerate(rings):
        path = f"totals.rings.{index}"
        ring = _object(value, path)
        found.append(RingTotal(_cents(ring, "taken_cents", path), _cents(ring, "confirmed_cents", path)))
    related = _cents(values, "related_cents", "totals")
    taken = _cents(values, "taken_cents", "totals") or related + sum(ring.taken_cents for ring in found)
    return Totals(0, taken, tuple(found), related)


def as_json(decision: Decision, offer: Offer) -> dict[str, Any]:
    """Return a decision as JSON values: instants as ISO 8601, amounts in cents."""
    terms = None
    if decision.ring is not None:
        ring = offer.rings[decision.ring]
        terms = {
            "ring": decision.ring,
            "name": ring.name,
            "communes": len(ring.communes),
            "minimum_level": ring.minimum_level,
            "cap_cents": ring.cap_cents,
            "minimum_cents": ring.minimum_cents or offer.minimum_cents,
            "rate_bp": ring.rate_bp,
        }
    return {
        "verdict": decision.verdict,
        "limit_cents": decision.limit_cents,
        "terms": terms,
        "blocks": [
            {
                "reason": block.reason,
                "way_out": block.way_out,
                "limit_cents": block.limit_cents,
                "facts": {
                    name: value.isoformat() if isinstance(value, datetime) else value
                    for name, value in block.facts.items()
                },
            }
            for block in decision.blocks
        ],
        "better_if": asdict(decision.better) if decision.better else None,
    }


def _link(written: object, path: str) -> Link:
    values = _object(written, path)
    kind, commune, level, count = (values.get(name) for name in ("kind", "commune", "level", "count"))
    if not isinstance(kind, str) or not isinstance(commune, str):
        raise RuleError("rule_unreadable", path)
    if not isinstance(level, int) or not 0 <= level <= 3:
        raise RuleError("rule_number", f"{path}.level", low=0, high=3)
    if count is not None and (not isinstance(count, int) or count < 0):
        raise RuleError("rule_number", f"{path}.count", low=0, high=1_000_000)
    return Link(
        kind, commune, level, _instant(values.get("expires_at"), f"{path}.expires_at"), 1 if count is None else count
    )


def _instant(written: object, path: str) -> datetime:
    try:
        found = datetime.fromisoformat(written if isinstance(written, str) else "")
    except ValueError as error:
        raise RuleError("instant_unreadable", path) from error
    if found.tzinfo is None:
        raise RuleError("instant_unreadable", path)
    return found


def _object(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RuleError("rule_unreadable", path)
    return value


def _cents(values: Mapping[str, Any], key: str, path: str) -> int:
    found = values.get(key, 0)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise RuleError("rule_number", f"{path}.{key}", low=0, high=1_000_000_00)
    return found
