"""The sandbox as an HTTP server, in a thread of a test or as a process of its own. It listens on this machine only."""

import contextlib
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response, abort, request
from werkzeug.datastructures import Headers
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from marketplace.sandbox import checkout, control, dashboard, idempotency, onboarding, pages, payouts, schedule
from marketplace.sandbox.account import Account
from marketplace.sandbox.api import Api, DroppedError, Request
from marketplace.sandbox.clock import Clock
from marketplace.sandbox.deliveries import Deliverer, Send, post
from marketplace.sandbox.spec import JSON
from marketplace.sandbox.store import Store

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LARGEST_BODY = 1024 * 1024
# How soon a stopped server notices.
POLL_SECONDS = 0.05
DROPPED = "sandbox.dropped"
HEADERS = ("Idempotency-Key", "Stripe-Account", "Stripe-Version")


class Sandbox:
    """A running sandbox.

    store: a file, or memory. port: 0 takes a free one. background: deliver webhooks without being asked; otherwise only
    ``deliver()`` does. send: what posts a webhook (url, body, headers) and returns the status, to reach an application
    that does not listen. real: the real time. Raises StoreBusyError, OSError: file or port in use.
    """

    def __init__(
        self,
        *,
        store: str = ":memory:",
        host: str = "127.0.0.1",
        port: int = 0,
        background: bool = True,
        send: Send = post,
        real: Callable[[], float] = time.time,
    ) -> None:
        if host not in LOOPBACK:
            raise ValueError(f"the sandbox only listens on this machine: {', '.join(LOOPBACK)}")
        listener = _listen(host, port)
        with contextlib.ExitStack() as undo:
            undo.callback(listener.close)
            self._store = Store(store)
            undo.pop_all()
        self.account = Account(self._store, Clock(self._store, real))
        self.account.ticks += [
            idempotency.forget_old,
            checkout.expire_due,
            schedule.run_due,
            payouts.pay_out_daily,
        ]
        self.api = Api(self.account)
        self.deliverer = Deliverer(self.account, send)
        self.account.wake = self.deliverer.wake
        self.control = control.Control(self.account, self.api.faults, self.deliverer)
        self.app = build(self.api, self.control)
        self._server = _serve(listener, host, self.app)
        self.url = self.account.base_url = f"http://{_bracketed(host)}:{self._server.port}"
        self._thread: threading.Thread | None = None
        self._background = background

    def serve(self) -> None:
        """Answer requests until `stop`; blocks."""
        if self._background:
            self.deliverer.start()
        self._server.serve_forever(poll_interval=POLL_SECONDS)

    def start(self) -> None:
        """Answer requests in a thread."""
        self._thread = threading.Thread(target=self.serve, name="sandbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop answering; from another thread than the one that serves."""
        self._server.shutdown()

    def close(self) -> None:
        """Stop, and close the store."""
        if self._thread:
            self.stop()
            self._thread.join()
        self._server.server_close()
        self.deliverer.stop()
        self._store.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def advance(self, seconds: int) -> JSON:
        """Move the clock forward, and let what is due happen."""
        return self.control.advance(seconds)

    def deliver(self) -> JSON:
        """Send the webhooks that are due and wait for the answers; return how many were delivered, failed, dropped."""
        return self.control.deliver()

    def fault(self, match: str, kind: str, **facts: Any) -> None:
        """Plan a breakdown, see `faults.Fault`."""
        self.control.add_fault(match=match, kind=kind, **facts)

    def hooks(self, mode: str = "normal", **facts: Any) -> None:
        """Say how webhooks are delivered, see `deliveries.Hooks`."""
        self.control.set_hooks(mode=mode, **facts)

    def resend(self, event: str) -> int:
        """Queue an event again; return to how many endpoints."""
        return self.deliverer.resend(event)

    def reset(self, *keep: str) -> None:
        """Forget everything but objects of these kinds."""
        self.control.reset(keep)


def build(api: Api, plane: control.Control) -> Flask:
    """Return the application: Stripe's calls, the hosted pages, the control plane, the dashboard."""
    app = Flask(__name__, template_folder="templates", static_folder="static")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    requests: dashboard.Requests = deque(maxlen=dashboard.REQUESTS)

    @app.before_request
    def refuse_strangers() -> None:
        # A name of elsewhere that leads to this machine must not reach it (DNS rebinding).
        if request.remote_addr not in LOOPBACK or urlsplit(f"//{request.host}").hostname not in LOOPBACK:
            abort(403)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Frame-Options"] = "DENY"
        return response

    @app.route("/<any(v1, v2):version>/<path:rest>", methods=["GET", "POST", "DELETE", "PUT", "PATCH"])
    def call(version: str, rest: str) -> Response:
        return _called(api, requests, f"/{version}/{rest}")

    app.register_blueprint(pages.blueprint(api.account))
    app.register_blueprint(onboarding.blueprint(api.account))
    app.register_blueprint(control.blueprint(plane))
    app.register_blueprint(dashboard.blueprint(plane, requests))
    return app


def _called(api: Api, requests: dashboard.Requests, path: str) -> Response:
    source = request.query_string if request.method in ("GET", "DELETE") else request.get_data()
    incoming = Request(
        method=request.method,
        path=path,
        pairs=parse_qsl(source.decode(errors="replace"), keep_blank_values=True),
        key=_api_key(request.headers.get("Authorization"), request.authorization),
        headers=_headers(request.headers),
        is_json=request.is_json,
        json=request.get_json(silent=True),
    )
    line = {"id": "", "method": request.method, "path": path, "status": "dropped"}
    requests.appendleft(line)
    try:
        answer = api.answer(incoming)
    except DroppedError:
        request.environ[DROPPED] = True
        return Response()
    line |= {"id": answer.headers["Request-Id"], "status": str(answer.status)}
    body = json.dumps(answer.body, indent=2, ensure_ascii=False)
    headers = answer.headers | {"Cache-Control": "no-cache, no-store"}
    return Response(body, status=answer.status, mimetype="application/json", headers=headers)


def _api_key(header: str | None, authorization: Any) -> str | None:
    """Return the key of a request: a bearer token, or the user name of basic authentication."""
    if header and header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip()
    return authorization.username if authorization else None


def _headers(headers: Headers) -> dict[str, str]:
    """Return the headers that mean something to the API, under their usual names."""
    return {name: headers[name] for name in HEADERS if name in headers}


class _Handler(WSGIRequestHandler):
    """Serves quietly, and without waiting for the network to acknowledge half an answer."""

    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:
        """Write nothing: the dashboard shows the last requests."""


class _Droppable:
    """Closes the connection without an answer when the application says so."""

    def __init__(self, app: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        held: list[tuple[Any, ...]] = []

        def hold(*values: Any) -> Callable[[bytes], object]:
            held[:] = [values]
            return lambda _data: None

        answer = self.app(environ, hold)
        if environ.get(DROPPED):
            with contextlib.suppress(OSError):
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError
        start_response(*held[0])
        return answer


def _listen(host: str, port: int) -> socket.socket:
    """Take the port. Raises OSError: it is in use."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _serve(listener: socket.socket, host: str, app: Flask) -> BaseWSGIServer:
    """Return the server of a listening socket, which it then owns."""
    port = listener.getsockname()[1]
    server = make_server(
        host, port, _Droppable(app.wsgi_app), threaded=True, request_handler=_Handler, fd=listener.fileno()
    )
    # werkzeug works on a duplicate of the descriptor.
    listener.close()
    return server


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
