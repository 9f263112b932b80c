"""The balance of the platform and of each connected account, and the movements that make it up."""

from typing import Any

from marketplace.sandbox.account import Account, Call, public
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.lists import equals, page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.spec import JSON

CURRENCY = "eur"
CATEGORIES = {
    "adjustment": "dispute",
    "payment": "charge",
    "payment_refund": "refund",
    "transfer_refund": "transfer_reversal",
}


def move(
    account: Account,
    type: str,
    amount: int,
    source: JSON,
    *,
    fee: int = 0,
    fee_description: str = "Stripe processing fees",
    available_on: int | None = None,
    category: str | None = None,
) -> JSON:
    """Move money into a balance, or out of it when negative; return the movement.

    source: the object that causes it, whose owner and currency the movement has. available_on: now unless given.
    category: of reports, unless the type tells.
    """
    detail = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": fee_description,
        "type": "stripe_fee",
    }
    body = account.specification.compose(
        "balance_transaction",
        id=new_id("balance_transaction"),
        amount=amount,
        available_on=account.now() if available_on is None else available_on,
        balance_type="payments",
        created=account.now(),
        currency=source["currency"],
        description=source.get("description"),
        fee=fee,
        fee_details=[detail] if fee else [],
        net=amount - fee,
        reporting_category=category or CATEGORIES.get(type, type),
        source=source["id"],
        type=type,
    )
    owner = source.get("_account")
    if owner:
        body["_account"] = owner
    account.store.run(
        "INSERT INTO balance (account, currency, available_on, net) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (account, currency, available_on) DO UPDATE SET net = net + excluded.net",
        (owner or "", body["currency"], body["available_on"], body["net"]),
    )
    return shown(account, account.add(body))


def held(account: Account, owner: str | None, currency: str) -> tuple[int, int]:
    """Return what a balance has available, and what is still to come, in cents."""
    rows = account.store.rows(
        "SELECT available_on <= ?, sum(net) FROM balance WHERE account = ? AND currency = ? GROUP BY 1",
        (account.now(), owner or "", currency),
    )
    sums = dict(rows)
    return sums.get(1, 0), sums.get(0, 0)


def currencies(account: Account, owner: str | None) -> list[str]:
    """Return the currencies of a balance; the euro is always there."""
    rows = account.store.rows("SELECT DISTINCT currency FROM balance WHERE account = ?", (owner or "",))
    return sorted({CURRENCY, *(currency for (currency,) in rows)})


def shown(account: Account, body: JSON) -> JSON:
    """Return a movement as it is now: its money is available when its moment has come."""
    return public(body) | {"status": "available" if account.now() >= body["available_on"] else "pending"}


@operation("GET /v1/balance")
def retrieve(account: Account, call: Call) -> JSON:
    """Return the balance of the platform, or of the connected account that the call speaks for."""
    sides: dict[str, list[JSON]] = {"available": [], "pending": []}
    for currency in currencies(account, call.account):
        for side, amount in zip(sides, held(account, call.account, currency), strict=True):
            sides[side].append({"amount": amount, "currency": currency, "source_types": {"card": amount}})
    empty: list[JSON] = [{"amount": 0, "currency": CURRENCY}]
    return account.specification.compose(
        "balance", **sides, refund_and_dispute_prefunding={"available": empty, "pending": empty}
    )


@operation("GET /v1/balance_transactions/{id}")
def retrieve_movement(account: Account, call: Call) -> JSON:
    """Return one movement."""
    return shown(account, account.get("balance_transaction", call.path["id"], param="id"))


@operation("GET /v1/balance_transactions", *PAGING, "created", "currency", "source", "type")
def list_movements(account: Account, call: Call) -> JSON:
    """List movements, newest first."""
    conditions: dict[str, Any] = {}
    for name in ("currency", "source", "type"):
        conditions |= equals(name, call.params[name]) if name in call.params else {}
    answer = page(account, call, "balance_transaction", conditions)
    answer["data"] = [shown(account, body) for body in answer["data"]]
    return answer
