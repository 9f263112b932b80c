"""Bugs that a programmer could have written, each with the defences above it taken away: the model must find them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from marketplace import jobs
from marketplace.core.errors import Unavailable
from marketplace.payments import inbox
from marketplace.payments.gateway import ChargeOutcome
from marketplace.pledges import charging, collector, commit, disputes, errands, payout, rules, settlement
from tests.faults.life import Village

Plant = Callable[[pytest.MonkeyPatch, Village], dict[str, Any]]


def no_key_for_forms(patch: pytest.MonkeyPatch, village: Village) -> dict[str, Any]:
    """A form that is sent again makes another pledge; the database's own constraint is off."""
    patch.setattr(commit, "_known", lambda *_: {})
    village.connection.execute(text("ALTER TABLE pledge DROP CONSTRAINT uq_pledge_campaign_id_form_key"))
    return {}


def a_new_key_each_try(patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """An errand that is run again is another request to the provider."""
    ask, tries = collector._ask, iter(range(10**9))

    def anew(gateway: Any, call: Any, now: Any) -> Any:
        return ask(gateway, replace(call, errand=replace(call.errand, key=f"{call.errand.key}:{next(tries)}")), now)

    patch.setattr(collector, "_ask", anew)
    patch.setattr(errands.Errand, "look_first", lambda *_: False)
    return {}


def _nobody_catches_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(jobs.events, "catch_up", lambda: None)


def marked_before_applied(patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """An event is marked as applied in a transaction of its own, before its effect; reconciliation is off."""
    apply_event = jobs.events.apply_event
    _nobody_catches_up(patch)
    _expire_without_asking(patch)

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
    assert apply_event is not hasty
    return {"deadly": 0.15, "rings": True}


def _expire_without_asking(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(jobs.ticking, "_expire_after_asking", jobs.wiring.in_transaction(settlement.expire))


def room_given_back_without_asking(patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """A reservation that is over is given up although the provider may have a card; nobody catches up."""
    _nobody_catches_up(patch)
    _expire_without_asking(patch)
    return {}


def any_sum_is_enough(patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """The threshold is not looked at, neither at the end nor after the charges."""
    move = settlement.projects.move

    def always_well(session: Any, *, to: str, **facts: Any) -> None:
        better = {"threshold_missed": "collecting", "charges_missed": "funded"}
        move(session, to=better.get(facts["cause"], to), **facts)

    patch.setattr(settlement.projects, "move", always_well)
    return {}


def no_look_before_sending_again(patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """An old errand is sent again under a key that the provider has forgotten."""
    patch.setattr(errands.Errand, "look_first", lambda *_: False)
    return {}


def refunded_without_taking_back(patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """The backer is refunded while the owner keeps the money; the table of moves lets it pass."""
    patch.setattr(payout, "take_back", lambda *_, **__: False)
    patch.setitem(rules.MOVES, ("transferred", "refunding"), frozenset({"refund_decided", "transfer_reversed"}))  # type: ignore[arg-type]
    return {}


def a_lost_answer_is_a_refusal(patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """Nobody answered, so the card was refused: its holder is asked to pay again."""
    ask = collector._ask

    def hasty(gateway: Any, call: Any, now: Any) -> Any:
        try:
            return ask(gateway, call, now)
        except Unavailable:
            if not isinstance(call, charging.Charge):
                raise
            return ChargeOutcome("declined", None, None, call.errand.number, call.errand.amount, reason="no_answer")

    patch.setattr(collector, "_ask", hasty)
    return {}


def disputes_are_not_heard(patch: pytest.MonkeyPatch, _village: Village) -> dict[str, Any]:
    """The bank takes the money back, and the pledge stays paid."""
    patch.setattr(disputes, "record", lambda *_, **__: "ignored")
    return {}


# Each with the seeds of which at least one finds it; more are tried by `make torture`.
BUGS: dict[Plant, range] = {
    no_key_for_forms: range(20),
    a_new_key_each_try: range(60),
    marked_before_applied: range(60),
    room_given_back_without_asking: range(60),
    any_sum_is_enough: range(40),
    no_look_before_sending_again: range(150),
    refunded_without_taking_back: range(60),
    a_lost_answer_is_a_refusal: range(150),
    disputes_are_not_heard: range(60),
}
