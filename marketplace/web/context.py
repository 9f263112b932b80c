"""What a view may ask of its surroundings: a session, the time, who is there."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from flask import abort, current_app, g
from flask import session as cookie
from flask_login import current_user
from sqlalchemy.orm import Session as Session  # noqa: PLC0414 - web areas take their sessions from here only

from marketplace.core import clock
from marketplace.residency.queries import Lives
from marketplace.runtime import Runtime
from marketplace.web.filters import initials

T = TypeVar("T")


@dataclass(frozen=True)
class Me:
    """The person behind the request, as a frozen row.

    level: of proof of residence, 0 to 3. commune_code: INSEE, None when not declared or expired. lives: what they
    declared, expired or not. work_code: of the commune where they say they work, None when it does not count. mandated:
    whether they may have the right to act for an organisation.
    """

    account_id: UUID
    session_id: UUID
    email: str
    display_name: str
    is_administrator: bool
    email_confirmed: bool
    commune_code: str | None
    commune_label: str | None
    level: int
    locale: str
    lives: Lives | None
    work_code: str | None
    mandated: bool

    @property
    def initials(self) -> str:
        """At most two capitals, for the round mark beside the name."""
        return initials(self.display_name)


def runtime() -> Runtime:
    """Return what the application was wired with."""
    wired: Runtime = current_app.extensions["mitoyen"]
    return wired


def reading() -> AbstractContextManager[Session]:
    """Open a session to read with; nothing done in it is kept."""
    return runtime().database.reading()


def in_transaction(work: Callable[[Session], T]) -> T:
    """Run ``work`` in a transaction, retried and committed once."""
    return runtime().database.in_transaction(work)


def now() -> datetime:
    """Return the aware UTC time of this request, demonstration clock included; the same all request long."""
    if "now" not in g and runtime().config.demonstration:
        with reading() as session:
            return told(clock.demo_offset(session))
    return told(timedelta())


def told(ahead: timedelta) -> datetime:
    """Return `now` for whoever has just read how far the demonstration runs ahead."""
    if "now" not in g:
        g.now = datetime.now(UTC) + (ahead if runtime().config.demonstration else timedelta())
    moment: datetime = g.now
    return moment


def visitor() -> Me | None:
    """Return the signed-in person, None for a visitor; looked up once a request, and not at all without a cookie.

    One statement: the device with its person, where they live, and the moment. `sign_in` does the looking up.
    """
    if "visitor" not in g:
        # Asked of the object itself: on the proxy, an AttributeError while loading would pass for a stranger.
        found = current_user._get_current_object() if "_user_id" in cookie else None  # noqa: SLF001 - werkzeug's name
        g.visitor = getattr(found, "me", None)
    person: Me | None = g.visitor
    return person


def me() -> Me:
    """Return the signed-in person; 403 when there is none (views marked signed_in always have one)."""
    person = visitor()
    return person if person is not None else abort(403)
