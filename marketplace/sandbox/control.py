"""The control plane, for tests, the demonstration and developers: time, breakdowns, deliveries, a clean slate.

JSON under ``/_sandbox/``, for this machine only. A web page of elsewhere cannot reach it: JSON bodies are asked for,
and requests that a browser sends for another site are refused.
"""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from marketplace.sandbox import disputes
from marketplace.sandbox.account import Account
from marketplace.sandbox.deliveries import MODES, Deliverer, Hooks
from marketplace.sandbox.errors import StripeError
from marketplace.sandbox.faults import Fault, Faults
from marketplace.sandbox.spec import JSON


class Control:
    """What can be asked of a sandbox besides Stripe's own calls. Each method returns what HTTP answers."""

    def __init__(self, account: Account, faults: Faults, deliverer: Deliverer) -> None:
        self.account = account
        self.faults = faults
        self.deliverer = deliverer

    def clock(self) -> JSON:
        """Return the time."""
        return {"now": self.account.now(), "offset": self.account.clock.offset, "real": self.account.clock.real()}

    def move_clock(self, offset: int) -> JSON:
        """Set the seconds added to the real time, and let what is due happen. Raises ValueError: they would go back."""
        with self.account.transaction():
            self.account.clock.move_to(offset)
        self.account.tick()
        self.account.wake()
        return self.clock()

    def advance(self, seconds: int) -> JSON:
        """Move the clock forward. Raises ValueError: backward."""
        return self.move_clock(self.account.clock.offset + seconds)

    def add_fault(self, **facts: Any) -> JSON:
        """Plan a breakdown. Raises ValueError or TypeError: not as `Fault` says."""
        self.faults.add(Fault(**facts))
        return self.list_faults()

    def list_faults(self) -> JSON:
        """Return the breakdowns to come."""
        return {"faults": [asdict(fault) for fault in self.faults.listed()]}

    def clear_faults(self) -> JSON:
        """Plan nothing any more."""
        self.faults.clear()
        return self.list_faults()

    def set_hooks(self, **facts: Any) -> JSON:
        """Say how deliveries behave; what is not said is normal. Raises ValueError, TypeError: not as `Hooks`."""
        hooks = Hooks(**facts)
        if hooks.mode not in MODES:
            raise ValueError(f"mode: one of {', '.join(MODES)}")
        self.deliverer.hooks = hooks
        self.deliverer.wake()
        return asdict(hooks)

    def hooks(self) -> JSON:
        """Return how deliveries behave."""
        return asdict(self.deliverer.hooks)

    def deliver(self) -> JSON:
        """Send what is due now and wait for the answers."""
        self.account.tick()
        return asdict(self.deliverer.flush())

    def resend(self, event: str, endpoint: str | None = None) -> JSON:
        """Queue an event again. Raises StripeError: no such event."""
        return {"queued": self.deliverer.resend(event, endpoint)}

    def deliveries(self, event: str | None = None) -> JSON:
        """Return the last deliveries, newest first, with their tries."""
        return {"deliveries": self.deliverer.listed(event)}

    def judge(self, dispute: str, verdict: str) -> JSON:
        """Close a dispute as the bank would: ``won`` or ``lost``. Raises StripeError, ValueError: none, closed."""
        if verdict not in ("won", "lost"):
            raise ValueError("verdict: won or lost")
        with self.account.transaction():
            body = self.account.get("dispute", dispute, param="dispute")
            disputes.judge(self.account, body, verdict)
        return {"dispute": body["id"], "status": body["status"]}

    def reset(self, keep: tuple[str, ...] = ()) -> JSON:
        """Forget everything, the clock's offset too, but objects of the kinds to keep (``webhook_endpoint``)."""
        with self.account.transaction():
            self.account.store.clear(keep=keep)
        self.faults.clear()
        self.deliverer.hooks = Hooks()
        return self.clock()


def blueprint(control: Control) -> Blueprint:
    """Return the control plane as addresses."""
    plane = Blueprint("control", __name__, url_prefix="/_sandbox")
    plane.before_request(_refuse_other_sites)
    plane.register_error_handler(ValueError, _refused)
    plane.register_error_handler(TypeError, _refused)
    plane.register_error_handler(StripeError, _refused)
    for method, name, answer in (
        ("GET", "clock", control.clock),
        ("POST", "clock", lambda: control.move_clock(int(_body()["offset"]))),
        ("POST", "advance", lambda: control.advance(int(_body()["seconds"]))),
        ("GET", "faults", control.list_faults),
        ("POST", "faults", lambda: control.add_fault(**_body())),
        ("DELETE", "faults", control.clear_faults),
        ("GET", "hooks", control.hooks),
        ("POST", "hooks", lambda: control.set_hooks(**_body())),
        ("POST", "resend", lambda: control.resend(**_body())),
        ("POST", "deliver", control.deliver),
        ("GET", "deliveries", lambda: control.deliveries(request.args.get("event"))),
        ("POST", "judge", lambda: control.judge(**_body())),
        ("POST", "reset", lambda: control.reset(tuple(_body().get("keep", ())))),
    ):
        plane.add_url_rule(f"/{name}", f"{method}_{name}", _view(answer), methods=[method])
    return plane


def _view(answer: Any) -> Any:
    def view() -> Response:
        return jsonify(answer())

    return view


def _body() -> JSON:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ValueError("a JSON object is expected")  # noqa: TRY004 - the answer is the same as for a wrong value
    return body


def _refuse_other_sites() -> None:
    """Refuse what a browser sends in the name of another site."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        abort(403)
    if request.method == "POST" and not request.is_json:
        abort(415)


def _refused(error: Exception) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 400
