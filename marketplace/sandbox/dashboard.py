"""A page for developers: what the sandbox holds, what happened, and whether it was told."""

from collections import deque
from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, Response, render_template

from marketplace.sandbox.control import Control
from marketplace.sandbox.pages import policy
from marketplace.sandbox.spec import JSON

EVENTS = 40
REQUESTS = 50
Requests = deque[JSON]


def blueprint(control: Control, requests: Requests) -> Blueprint:
    """Return the page at ``/``. requests: the last calls, newest first."""
    pages = Blueprint("dashboard", __name__)
    account = control.account

    @pages.get("/")
    def home() -> Response:
        page = render_template(
            "dashboard.html",
            version=account.specification.version,
            now=_written(account.now()),
            offset=account.clock.offset,
            hooks=control.hooks(),
            faults=[asdict(fault) for fault in control.faults.listed()],
            counts=account.store.rows(
                "SELECT kind, count(*) FROM object WHERE kind <> 'event' GROUP BY kind ORDER BY kind"
            ),
            events=[
                {
                    "id": event["id"],
                    "type": event["type"],
                    "time": _written(event["created"]),
                    "deliveries": [one | {"last": _last(one["log"])} for one in control.deliverer.listed(event["id"])],
                }
                for event in account.store.listed("event", {}, "DESC", EVENTS)
            ],
            requests=list(requests),
        )
        return Response(
            page, mimetype="text/html", headers={"Content-Security-Policy": policy(), "Cache-Control": "no-store"}
        )

    return pages


def _written(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _last(log: list[JSON]) -> str:
    if not log:
        return "not tried"
    return str(log[-1].get("status") or log[-1].get("error"))
