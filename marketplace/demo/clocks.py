"""The demonstration's clock and the sandbox's, which must tell the same time: each judges what the other dated."""

from datetime import timedelta
from typing import Any

import requests

from marketplace.core import clock
from marketplace.core.db import Database
from marketplace.core.errors import Unavailable

_PATIENCE_SECONDS = 30


def move_sandbox(api_base: str, offset: timedelta) -> None:
    """Set how far the sandbox runs ahead of real time.

    Raises Unavailable: it does not answer, or runs further ahead already; clocks do not go back.
    """
    _ask("POST", api_base, {"offset": int(offset.total_seconds())})


def bring_together(database: Database, api_base: str) -> None:
    """Move the clock that is behind to where the other one is: either may have been made anew. Raises Unavailable."""
    with database.reading() as session:
        ours = clock.demo_offset(session)
    theirs = timedelta(seconds=_ask("GET", api_base, None)["offset"])
    if ours > theirs:
        move_sandbox(api_base, ours)
    elif theirs > ours:
        database.in_transaction(lambda session: clock.advance(session, theirs))


def _ask(method: str, api_base: str, body: dict[str, int] | None) -> dict[str, Any]:
    try:
        answer = requests.request(method, f"{api_base}/_sandbox/clock", json=body, timeout=_PATIENCE_SECONDS)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise Unavailable("sandbox") from error
    found: dict[str, Any] = answer.json()
    return found
