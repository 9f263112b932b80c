"""Buttons of the rule's form that change the form itself: circles taken apart, one more, one less, neighbours added.

They work on what was sent, so nothing that was typed is lost, and nothing is written.
"""

import re
from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import MultiDict

from marketplace.core.money import Money
from marketplace.locality import presets
from marketplace.locality.rule import MOST_RINGS
from marketplace.projects.rules import RULE_PRESETS
from marketplace.web.fields import MoneyField
from marketplace.web.owner.forms import CampaignForm, quota_data, ring_data

TRY, DETAIL, READY_MADE, ADD, DROP, NEIGHBOURS = "simuler", "detail", "tout-fait", "ajouter", "retirer-", "voisines"
_RING = re.compile(r"rings-(\d)-(\w+)", re.ASCII)
_QUOTA = re.compile(r"\w+_quota-\w+", re.ASCII)
# What a preset's own fields are called; taken apart, its circles say all of it.
_FIGURES = frozenset(
    (
        *("radius_km", "communes", "territory", "neighbours", "wider", "first_days", "min_share", "cap", "wider_cap"),
        *("reserve", "reserve_days", "min_people", "proof"),
    )
)


def is_tool(action: str | None) -> bool:
    """Tell whether a button changes the form instead of sending it."""
    return action in {TRY, DETAIL, READY_MADE, ADD, NEIGHBOURS} or (action or "").startswith(DROP)


def changed(sent: "MultiDict[str, str]", action: str) -> CampaignForm:
    """Return the form as a button leaves it, its communes not looked up yet."""
    if action == DETAIL:
        return _apart(sent)
    if action == READY_MADE:
        return CampaignForm(_without(sent, _of_circles))
    data = MultiDict(sent.items(multi=True))
    numbers = sorted({int(found[1]) for name in sent if (found := _RING.fullmatch(name))})
    if action == ADD and len(numbers) < MOST_RINGS:
        data[f"rings-{len(numbers)}-zone"] = ""
        data[f"rings-{len(numbers)}-opens_after"] = data.get(f"rings-{len(numbers) - 1}-opens_after", "")
    elif action == NEIGHBOURS:
        data["rings-0-neighbours" if numbers else "neighbours"] = "y"
    elif action.startswith(DROP):
        data = _dropped(data, action.removeprefix(DROP))
    return CampaignForm(data)


def _of_circles(name: str) -> bool:
    return bool(_RING.fullmatch(name) or _QUOTA.fullmatch(name))


def _without(sent: "MultiDict[str, str]", leaves: Callable[[str], bool]) -> "MultiDict[str, str]":
    return MultiDict([(name, text) for name, text in sent.items(multi=True) if not leaves(name)])


def _dropped(sent: "MultiDict[str, str]", number: str) -> "MultiDict[str, str]":
    """Leave out a circle; those beyond it move in by one, and what a quota said of them with them."""
    if not (number.isascii() and number.isdecimal() and len(number) == 1):
        return sent
    gone = int(number)
    kept: list[tuple[str, str]] = []
    for name, text in sent.items(multi=True):
        if found := _RING.fullmatch(name):
            ring = int(found[1])
            if ring != gone:
                kept.append((f"rings-{ring - (ring > gone)}-{found[2]}", text))
        elif name.endswith("_quota-ring") and text.isascii() and text.isdecimal() and len(text) == 1:
            kept.append((name, str(max(0, int(text) - (int(text) >= gone and int(text) > 0)))))
        else:
            kept.append((name, text))
    return MultiDict(kept)


def _apart(sent: "MultiDict[str, str]") -> CampaignForm:
    """Take the preset apart: its circles and quotas as rows to change."""
    form = CampaignForm(sent)
    form.find_communes()
    content = form.content()
    preset = content.rule_preset or RULE_PRESETS[0]
    rows: dict[str, Any] = {"rule_preset": preset}
    for number, ring in enumerate(presets.rings(preset, content.rule_options)):
        rows |= {f"rings-{number}-{name}": value for name, value in ring_data(ring).items()}
    for quota in presets.quotas(preset, content.rule_options):
        rows |= {f"{quota.kind}_quota-{name}": value for name, value in quota_data(quota).items()}
    kept = _without(sent, lambda name: name in _FIGURES or name == "rule_preset" or _of_circles(name))
    kept.update({name: text for name, value in rows.items() if (text := _typed(value))})
    return CampaignForm(kept)


def _typed(value: Any) -> str:
    """Return a value as a person would type it; a box that is not ticked is not sent."""
    if isinstance(value, Money):
        return MoneyField.written(value)
    if isinstance(value, bool):
        return "y" if value else ""
    return "" if value is None else str(value)
