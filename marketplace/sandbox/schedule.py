"""What happens by itself when its time has come: a refund that fails, a payout that arrives, a debit that is paid.

An object that waits holds the moment in ``_due``; its kind names what happens then.
"""

from collections.abc import Callable

from marketplace.sandbox.account import Account
from marketplace.sandbox.spec import JSON

HOUR = 3600
DAY = 24 * HOUR
DUE = (
    "SELECT id FROM object INDEXED BY object_due WHERE json_extract(body, '$._due') <= ? "
    "ORDER BY json_extract(body, '$._due'), seq"
)
Outcome = Callable[[Account, JSON], None]
OUTCOMES: dict[str, Outcome] = {}


def when_due(kind: str) -> Callable[[Outcome], Outcome]:
    """Register what happens to an object of a kind when its time has come; ``_due`` is gone by then."""

    def register(outcome: Outcome) -> Outcome:
        OUTCOMES[kind] = outcome
        return outcome

    return register


def run_due(account: Account) -> None:
    """Let happen what is due, the oldest first."""
    for (due,) in account.store.rows(DUE, (account.now(),)):
        body = account.store.find(due)
        if body and body.pop("_due", None) is not None:
            OUTCOMES[body["object"]](account, body)
