"""What every command asks of its surroundings: the wired installation, the time."""

from datetime import UTC, datetime

from flask import current_app

from marketplace.core import clock
from marketplace.runtime import Runtime


def runtime() -> Runtime:
    """Return what the application was wired with."""
    wired: Runtime = current_app.extensions["mitoyen"]
    return wired


def now() -> datetime:
    """Return the aware UTC time, demonstration clock included."""
    moment = datetime.now(UTC)
    if runtime().config.demonstration:
        with runtime().database.reading() as session:
            moment += clock.demo_offset(session)
    return moment
