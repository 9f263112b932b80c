"""No sequence of acts leads a campaign outside the table of moves."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from marketplace.projects import rules

# What each act asks for: where it leads. The services call `lifecycle.step` with exactly these (tests/integration).
ACTS = {
    "submit": "submitted",
    "withdraw": "draft",
    "send_back": "changes_requested",
    "refuse": "refused",
    "publish": "live",
    "lift_refusal": "changes_requested",
    "suspend": "suspended",
    "resume": "live",
    "cancel": "cancelled",
    "close": "closing",
    "succeed": "collecting",
    "fail": "failed",
    "finish": "funded",
}
FINAL = {state for state, following in rules.MOVES.items() if not following}


class Life(RuleBasedStateMachine):
    """A campaign to which anybody does anything, in any order; refused acts leave it as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.state = rules.FIRST_STATE
        self.steps: list[tuple[str | None, str]] = [(None, rules.FIRST_STATE)]

    @rule(act=st.sampled_from(sorted(ACTS)))
    def do(self, act: str) -> None:
        """Try an act."""
        if rules.may_move(self.state, ACTS[act]):
            self.steps.append((self.state, ACTS[act]))
            self.state = ACTS[act]

    @precondition(lambda self: self.state in FINAL)
    @rule(act=st.sampled_from(sorted(ACTS)))
    def nothing_follows_an_end(self, act: str) -> None:
        """An end is an end."""
        assert not rules.may_move(self.state, ACTS[act])

    @invariant()
    def its_history_folds_to_its_state(self) -> None:
        """What was written leads to where it is."""
        assert self.state in rules.STATES
        assert rules.fold(self.steps) == self.state

    @invariant()
    def nothing_public_was_never_read(self) -> None:
        """The public sees nothing that was not submitted before."""
        if self.state in rules.PUBLIC:
            assert ("submitted", "live") in self.steps


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestLife = Life.TestCase


def test_every_state_can_be_reached_and_every_move_is_an_act():
    reached, frontier = {rules.FIRST_STATE}, {rules.FIRST_STATE}
    while frontier:
        frontier = {new for old in frontier for new in rules.MOVES[old]} - reached
        reached |= frontier

    assert reached == set(rules.STATES)
    assert {new for following in rules.MOVES.values() for new in following} == set(ACTS.values())


def test_a_refusal_leads_nowhere_but_back_to_its_owner():
    assert rules.MOVES["refused"] == {"changes_requested"}
    assert {"funded", "failed", "cancelled"} == FINAL
