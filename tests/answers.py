"""What must be true of every answer of the site, whatever was asked: looked at behind each request of each test."""

import re
import sys
from typing import Any

from sqlalchemy import SelectBase, TextClause, event
from sqlalchemy.orm import ORMExecuteState, Session
from werkzeug.test import TestResponse

from marketplace.core.db import transaction_open
from tests import trees

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Typed by nobody, sent by a test, shown again in the form it came from: escaped, and dropped by every browser.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_ID = re.compile(r"""<[^>]*\sid\s*=\s*["']([^"']+)["']""")
_WRITES = re.compile(
    r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|LOCK)\b|\bFOR (NO KEY )?UPDATE\b|\bFOR (KEY )?SHARE\b", re.IGNORECASE
)
# A mail shown as a mail program would: HTML of its own, in a sandbox.
_MAIL = re.compile(r"^/boite/[^/]+/html$")


def faults(response: TestResponse) -> list[str]:
    """Return what is wrong with an answer."""
    path = response.request.path
    found = [*_header_faults(response, own_policy=bool(_MAIL.match(path)))]
    if response.mimetype == "text/html" and response.data:
        found += _html_faults(
            response.get_data(as_text=True), asked_for_a_part="HX-Request" in response.request.headers
        )
    if transaction_open():
        found.append("a session is still open")
    return [f"{response.request.method} {path} → {response.status_code}: {fault}" for fault in found]


def _header_faults(response: TestResponse, *, own_policy: bool) -> list[str]:
    headers = response.headers
    policy = headers.get("Content-Security-Policy", "")
    found = [f"{name} is {headers.get(name)!r}" for name, value in ALWAYS.items() if headers.get(name) != value]
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
        found.append(f"policy {policy!r}")
    if not own_policy and ("unsafe" in policy or "*" in policy):
        found.append(f"lax policy {policy!r}")
    caching = headers.get("Cache-Control", "")
    if not re.search(r"no-store|private|public|max-age", caching):
        found.append(f"caching is left open: {caching!r}")
    if "Set-Cookie" in headers and "public" in caching:
        found.append("a cookie in an answer that others may keep")
    found += [
        f"cookie {cookie.split('=')[0]} is not HttpOnly and SameSite=Lax"
        for cookie in headers.getlist("Set-Cookie")
        if "HttpOnly" not in cookie or "SameSite=Lax" not in cookie
    ]
    return found


def _html_faults(text: str, *, asked_for_a_part: bool) -> list[str]:
    found = []
    part = asked_for_a_part and not text.startswith("<!doctype")  # an error is a whole page all the same
    if error := trees.parse_error(_CONTROL.sub("", text), part=part):
        found.append(f"HTML: {error}")
    ids = _ID.findall(text)
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        found.append(f"ids twice: {', '.join(twice)}")
    return found


class WatchedSession(Session):
    """A session that must be left clean: nothing is written in one that is only for reading."""

    def expunge_all(self) -> None:
        """Forget everything, and complain of what a session that only reads has changed in memory."""
        changed = [*self.new, *self.dirty, *self.deleted]
        assert not (changed and self.info.get("reading")), f"changed while reading: {changed}"
        super().expunge_all()

    def rollback(self) -> None:
        """Undo; who only reads has nothing to undo, and no savepoint in which to."""
        assert not self.info.get("reading"), "rolled back while reading"
        super().rollback()

    def close(self) -> None:
        """End, and complain of what is thrown away without anybody's wish."""
        lost = [*self.new, *self.dirty, *self.deleted]
        written = self.info.pop("written", None)
        super().close()
        if sys.exc_info()[0] is None and not self.info.get("of_a_test"):
            assert not lost, f"never flushed, thrown away: {lost}"
            assert not written, f"written and never committed: {written}"


def _note(session: Session, _context: Any, _instances: Any = None) -> None:
    assert not session.info.get("reading"), f"written while reading: {[*session.new, *session.dirty, *session.deleted]}"
    session.info["written"] = [*session.new, *session.dirty, *session.deleted]


def _refuse_to_write(state: ORMExecuteState) -> None:
    """Refuse what PostgreSQL would refuse a session that only reads; tests share a connection that may write."""
    if not state.session.info.get("reading"):
        return
    said = state.statement
    writes = _WRITES.search(said.text) if isinstance(said, TextClause) else not isinstance(said, SelectBase)
    assert not writes, f"written while reading: {said}"
    assert getattr(said, "_for_update_arg", None) is None, f"locked while reading: {said}"


def _forget(session: Session) -> None:
    session.info.pop("written", None)


event.listen(WatchedSession, "before_flush", _note)
event.listen(WatchedSession, "do_orm_execute", _refuse_to_write)
event.listen(WatchedSession, "after_commit", _forget)
