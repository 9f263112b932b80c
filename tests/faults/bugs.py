"""Bugs that a programmer could have written, each with the defences above it taken away: the model must find them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text

from marketplace import jobs
from marketplace.payments import inbox
from marketplace.pledges import collector, commit, errands, settlement
from tests.faults.life import FlakySession, Village

Layers = Callable[[pytest.MonkeyPatch, Village], dict[str, Any]]
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Bug:
    """A bug, and the defences that have to be off for it to show. seeds: at least one of them finds it."""

    plant: Plant
    off: Layers
    seeds: range

    def __str__(self) -> str:
        return self.plant.__name__


# --- defences taken away ---


def nothing(_patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """Leave everything on."""
    return {}


def the_constraint(_patch: pytest.MonkeyPatch, village: Village) -> dict[str, Any]:
    """The database does not insist on one pledge for each form."""
    village.connection.execute(text("ALTER TABLE pledge DROP CONSTRAINT uq_pledge_campaign_id_form_key"))
    return {}


def the_news(patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """Nobody catches up on news, none is delivered; and nobody contests, for only news would tell."""
    patch.setattr(jobs.events, "catch_up", lambda: None)
    return {"without": frozenset({"ring", "contest", "judge"})}


def the_questions(patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """Nobody asks whether a card was saved, nor catches up. Each event is delivered in the end, and only then is a
    reservation over. Many deaths.
    """
    expire = jobs.wiring.in_transaction(settlement.expire)

    def in_the_end(*facts: Any) -> None:
        if not (FlakySession.chance and FlakySession.chance.trouble):
            expire(*facts)

    patch.setattr(jobs.events, "catch_up", lambda: None)
    patch.setattr(jobs.ticking, "_expire_after_asking", in_the_end)
    return {"deadly": 0.15, "rings": True}


# --- bugs ---


def no_key_for_forms(patch: pytest.MonkeyPatch) -> None:
    """A form that is sent again makes another pledge."""
    patch.setattr(commit, "_known", lambda *_: {})


def a_new_key_each_try(patch: pytest.MonkeyPatch) -> None:
    """An errand that is run again is another request to the provider."""
    ask, tries = collector._ask, iter(range(10**9))

    def anew(gateway: Any, call: Any, now: Any) -> Any:
        return ask(gateway, replace(call, errand=replace(call.errand, key=f"{call.errand.key}:{next(tries)}")), now)

    patch.setattr(collector, "_ask", anew)
    patch.setattr(errands.Errand, "look_first", lambda *_: False)


def marked_before_applied(patch: pytest.MonkeyPatch) -> None:
    """An event is marked as applied in a transaction of its own, before its effect."""

    def hasty(event_id: str) -> None:
        with jobs.wiring.database().reading() as session:
            event = inbox.pending(session, event_id)
        if event is None:
            return
        moment = jobs.wiring.now()
        jobs.wiring.database().in_transaction(
            lambda session: inbox.mark_applied(session, event_id, outcome="card", now=moment)
        )
        jobs.events._apply(event, event_id, moment)

    tasks = jobs.wiring.tasks.tasks
    name = next(name for name in tasks if name.endswith("payments.apply_event"))
    patch.setattr(tasks[name], "func", hasty)
    patch.setattr(jobs.events, "apply_event", hasty)


def room_given_back_without_asking(patch: pytest.MonkeyPatch) -> None:
    """A reservation that is over is given up although the provider may have a card."""
    patch.setattr(jobs.ticking, "_expire_after_asking", jobs.wiring.in_transaction(settlement.expire))


def any_sum_is_enough(patch: pytest.MonkeyPatch) -> None:
    """The threshold is not looked at, neither at the end nor after the charges."""
    move = settlement.projects.move

    def always_well(session: Any, *, to: str, **facts: Any) -> None:
        better = {"threshold_missed": "collecting", "charges_missed": "funded"}
        move(session, to=better.get(facts["cause"], to), **facts)

    patch.setattr(settlement.projects, "move", always_well)


def no_look_before_sending_again(patch: pytest.MonkeyPatch) -> None:
    """An old errand is sent again under a key that the provider has forgotten."""
    patch.setattr(errands.Errand, "look_first", lambda *_: False)


BUGS = (
    Bug(no_key_for_forms, the_constraint, range(4)),
    Bug(a_new_key_each_try, the_news, range(40)),
    Bug(marked_before_applied, the_questions, range(40)),
    Bug(room_given_back_without_asking, the_news, range(10)),
    Bug(any_sum_is_enough, nothing, range(10)),
    Bug(no_look_before_sending_again, the_news, range(80)),
)
