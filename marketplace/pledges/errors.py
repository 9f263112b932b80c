"""What can go wrong with a pledge besides a refusal of the rule."""

from marketplace.core.errors import Refused
from marketplace.locality.model import Decision


class PledgeRefused(Refused):
    """The rule said no. decision: the whole answer, with its way out."""

    def __init__(self, decision: Decision) -> None:
        facts = dict(decision.facts)
        super().__init__(
            decision.reasons[0], field="amount", limit_cents=decision.limit_cents, way_out=decision.way_out, **facts
        )
        self.decision = decision
