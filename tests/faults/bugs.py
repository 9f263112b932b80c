"""Bugs that a programmer could have written, each with the defences above it taken away: the model must find them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select, text

from marketplace import jobs
from marketplace.core.errors import Unavailable
from marketplace.payments import inbox
from marketplace.payments.gateway import ChargeOutcome
from marketplace.pledges import collector, commit, errands, payback, rules, settlement, transitions
from marketplace.projects.models import Campaign
from tests.faults.village import FlakySession, Village

Layers = Callable[[pytest.MonkeyPatch, Village], dict[str, Any]]
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Bug:
    """A bug, and the defences that have to be off for it to show.

    seed: of a life that found it last time, played first. Whoever changes lives may have to look further: so many.
    """

    plant: Plant
    off: Layers
    seed: int
    lives: int = 200

    @property
    def seeds(self) -> Iterator[int]:
        """Return the lives to play until one finds it."""
        yield self.seed
        yield from range(self.lives)

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
    """Nobody asks whether a card was saved, nor catches up, nor contests. Each event is delivered in the end, and only
    then is a reservation over. Many deaths.
    """
    expire = jobs.wiring.in_transaction(settlement.expire)

    def in_the_end(*facts: Any) -> None:
        trouble = FlakySession.chance and FlakySession.chance.trouble
        if not trouble and not jobs.wiring.read(inbox.all_pending):
            expire(*facts)

    patch.setattr(jobs.events, "catch_up", lambda: None)
    patch.setattr(jobs.ticking, "_expire_after_asking", in_the_end)
    return {"deadly": 0.15, "rings": True, "without": frozenset({"contest", "judge"})}


def the_table_of_moves(patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """A pledge may go from the owner's account to its backer's at once."""
    patch.setitem(rules.MOVES, ("transferred", "refunding"), frozenset({"transfer_reversed", "refund_decided"}))
    return {}


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


def silence_is_a_refusal(patch: pytest.MonkeyPatch) -> None:
    """A charge whose answer was lost counts as declined, though it may have happened."""
    ask = collector._ask

    def hasty(gateway: Any, call: Any, now: Any) -> Any:
        try:
            return ask(gateway, call, now)
        except Unavailable:
            if call.errand.kind != "charge":
                raise
            return ChargeOutcome("declined", None, None, call.errand.number, call.errand.amount, reason="timeout")

    patch.setattr(collector, "_ask", hasty)


def given_back_before_taken_back(patch: pytest.MonkeyPatch) -> None:
    """A refund does not ask the owner for the money first."""
    patch.setattr(payback.payout, "take_back", lambda *_, **__: False)


def room_kept_by_who_left(patch: pytest.MonkeyPatch) -> None:
    """A pledge that is withdrawn still counts in the totals."""
    weigh = transitions._weigh

    def lazily(session: Any, pledge: Any, *, to: str, **facts: Any) -> None:
        if to != "withdrawn":
            weigh(session, pledge, to=to, **facts)

    patch.setattr(transitions, "_weigh", lazily)


def decided_before_everybody_is_firm(patch: pytest.MonkeyPatch) -> None:
    """A campaign is decided at its end, although reflection periods still run."""

    def closed(session: Any) -> list[Any]:
        return list(session.scalars(select(Campaign.id).where(Campaign.state == "closing")))

    patch.setattr(settlement, "campaigns_to_decide", closed)


BUGS = (
    Bug(no_key_for_forms, the_constraint, seed=3),
    Bug(a_new_key_each_try, the_news, seed=14),
    Bug(marked_before_applied, the_questions, seed=45),
    Bug(room_given_back_without_asking, the_news, seed=0),
    Bug(any_sum_is_enough, nothing, seed=2),
    Bug(no_look_before_sending_again, the_news, seed=14),
    Bug(silence_is_a_refusal, the_news, seed=14),
    Bug(given_back_before_taken_back, the_table_of_moves, seed=69),
    Bug(room_kept_by_who_left, nothing, seed=7),
    Bug(decided_before_everybody_is_firm, nothing, seed=0),
)
