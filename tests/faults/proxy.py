"""A bad line between our gateway and the provider: thirteen ways in which one request may go wrong."""

import http.client
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

# Kind: whether the request reaches the provider.
KINDS = {
    "reset": False,
    "request lost": False,
    "answer lost": True,
    "stall before": False,
    "stall after": True,
    "slow": True,
    "half an answer": True,
    "500 before": False,
    "500 after": True,
    "502 page": False,
    "429": False,
    "409": False,
    "nonsense": True,
}
# Seconds: longer, and shorter, than our gateway waits in these tests.
STALL, SLOW = 0.5, 0.05


class Line:
    """A proxy. fault, times: what the next requests that match meet. seen: keys of requests that match, in order."""

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream)
        self.fault: str | None = None
        self.times = 0
        self.match = re.compile("^$")
        self.seen: list[str | None] = []
        self._lock = threading.Lock()

    def spoil(self, match: str, kind: str, *, times: int) -> None:
        """Let the next requests like ``POST /v1/refunds`` go wrong, so many times."""
        self.match, self.fault, self.times = re.compile(match), kind, times

    def take(self, what: str, key: str | None) -> str | None:
        """Return what goes wrong with a request, None when all is well."""
        with self._lock:
            if not self.match.search(what):
                return None
            self.seen.append(key)
            if self.times <= 0:
                return None
            self.times -= 1
            return self.fault


class Handler(BaseHTTPRequestHandler):
    """Passes requests on, unless something goes wrong."""

    protocol_version = "HTTP/1.1"
    # Headers and body are written apart: the second would wait for an answer to the first.
    disable_nagle_algorithm = True

    @property
    def line(self) -> Line:
        """Return the line that this is about."""
        return self.server.line  # type: ignore[attr-defined]

    def log_message(self, *_: Any) -> None:
        pass

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.line.take(f"{self.command} {self.path}", self.headers.get("Idempotency-Key"))
        if fault == "stall before":
            time.sleep(STALL)
        if fault is not None and not KINDS[fault]:
            return self._refuse(fault)
        status, headers, answer = self._forward(body)
        if fault in {"answer lost", "stall after"}:
            time.sleep(STALL if fault == "stall after" else 0)
            return self._hang_up()
        if fault == "slow":
            time.sleep(SLOW)
        if fault == "500 after":
            status, answer = 500, json.dumps({"error": {"type": "api_error", "message": "x"}}).encode()
        if fault == "nonsense":
            answer = b"<html>" + answer[:20]
        self._answer(status, headers, answer, cut=fault == "half an answer")
        return None

    do_GET = do_POST = do_DELETE = _do  # noqa: N815 - the names that the library calls

    def _refuse(self, fault: str) -> None:
        kinds = {
            "500 before": (500, "api_error", "server"),
            "502 page": (502, "", ""),
            "429": (429, "invalid_request_error", "rate_limit"),
            "409": (409, "idempotency_error", "idempotency_key_in_use"),
        }
        if fault not in kinds:
            return self._hang_up(reset=fault == "reset")
        status, kind, code = kinds[fault]
        body = {"error": {"type": kind, "code": code, "message": "x"}}
        answer = json.dumps(body).encode() if kind else b"<html><h1>Bad gateway</h1></html>"
        self._answer(status, {"Content-Type": "application/json" if kind else "text/html"}, answer)
        return None

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(str(self.line.upstream.hostname), self.line.upstream.port, timeout=10)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), read

    def _answer(self, status: int, headers: dict[str, str], body: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if cut:
            self.wfile.write(body[: len(body) // 2])
            return self._hang_up()
        self.wfile.write(body)
        return None

    def _hang_up(self, *, reset: bool = False) -> None:
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(upstream: str) -> Iterator[tuple[Line, str]]:
    """Yield a line to the provider, and its address."""
    line = Line(upstream)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.line = line  # type: ignore[attr-defined]
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign] - a broken pipe is what this is for
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield line, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
