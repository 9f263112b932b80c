"""Test clocks, kept and shown as Stripe does. Nothing of ours follows one: the sandbox's own clock moves everything."""

from marketplace.sandbox.account import Account, Call, public
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.lists import page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.schedule import DAY
from marketplace.sandbox.spec import JSON

KIND = "test_helpers.test_clock"
KEPT_SECONDS = 30 * DAY


@operation("POST /v1/test_helpers/test_clocks", "frozen_time", "name")
def create(account: Account, call: Call) -> JSON:
    """Create a clock that stands still."""
    clock = account.specification.compose(
        KIND,
        id=new_id(KIND),
        created=account.now(),
        deletes_after=account.now() + KEPT_SECONDS,
        frozen_time=call.params["frozen_time"],
        name=call.params.get("name"),
        status="ready",
    )
    return public(account.add(clock))


@operation("GET /v1/test_helpers/test_clocks/{test_clock}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one clock."""
    return public(account.get(KIND, call.path["test_clock"], param="test_clock"))


@operation("GET /v1/test_helpers/test_clocks", *PAGING)
def list_clocks(account: Account, call: Call) -> JSON:
    """List the clocks, newest first."""
    return page(account, call, KIND)


@operation("DELETE /v1/test_helpers/test_clocks/{test_clock}")
def delete(account: Account, call: Call) -> JSON:
    """Delete a clock."""
    clock = account.get(KIND, call.path["test_clock"], param="test_clock")
    return account.save({"id": clock["id"], "object": KIND, "deleted": True})
