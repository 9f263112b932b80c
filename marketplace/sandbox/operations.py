"""The table of the calls this sandbox answers. Each module of a resource adds its own."""

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.sandbox.account import Account, Call
from marketplace.sandbox.errors import not_built
from marketplace.sandbox.spec import JSON

Function = Callable[[Account, Call], JSON]
PAGING = ("limit", "starting_after", "ending_before")


@dataclass(frozen=True, slots=True)
class Handler:
    """What answers a call, and the parameters it really heeds."""

    function: Function
    takes: frozenset[str]

    def check(self, params: JSON) -> None:
        """Refuse a parameter that Stripe has and we would ignore. Raises StripeError."""
        for name in params:
            if name not in self.takes:
                raise not_built(f"the parameter {name}", name)


HANDLERS: dict[str, Handler] = {}


def operation(name: str, *takes: str) -> Callable[[Function], Function]:
    """Register the function that answers an operation, and the parameters it heeds besides ``expand``."""

    def register(function: Function) -> Function:
        HANDLERS[name] = Handler(function, frozenset(takes) | {"expand"})
        return function

    return register
