"""A Stripe that only charges cards, for `bench/settlement.py`: `python bench/fake_stripe.py PORT RATE`.

It takes 200 ms × 0.7 to 1.5 for an answer, answers 429 above RATE requests in any one second, and repeats its answer to
a key that it knows. `GET /_stats` says what was charged.
"""

import json
import random
import sys
import threading
import time
from collections import Counter, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

LATENCY, LEAST, MOST = 0.2, 0.7, 1.5


class Provider:
    """What was charged, by key and by pledge."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.lock = threading.Lock()
        self.window: deque[float] = deque()
        self.answers: dict[str, bytes] = {}
        self.charges: Counter[str] = Counter()
        self.requests = self.replays = self.too_fast = self.serial = 0
        self.first = self.last = 0.0
        self.refused_after: list[float] = []

    def admits(self) -> bool:
        """Count a request; False when there were too many in the second that ends now."""
        now = time.monotonic()
        with self.lock:
            while self.window and self.window[0] <= now - 1:
                self.window.popleft()
            self.requests += 1
            self.first, self.last = self.first or now, now
            if len(self.window) >= self.rate:
                self.too_fast += 1
                self.refused_after.append(round(now - self.first, 2))
                return False
            self.window.append(now)
            return True

    def charge(self, key: str, form: dict[str, list[str]]) -> bytes:
        """Charge once for a key."""
        with self.lock:
            if key in self.answers:
                self.replays += 1
                return self.answers[key]
            self.serial += 1
            pledge, attempt = form["metadata[pledge]"][0], form["metadata[attempt]"][0]
            self.charges[pledge] += 1
            amount = int(form["amount"][0])
            body = {
                "id": f"pi_{self.serial}",
                "object": "payment_intent",
                "status": "succeeded",
                "amount": amount,
                "amount_received": amount,
                "currency": "eur",
                "latest_charge": f"ch_{self.serial}",
                "last_payment_error": None,
                "metadata": {"pledge": pledge, "attempt": attempt},
            }
            self.answers[key] = json.dumps(body).encode()
            return self.answers[key]

    def stats(self) -> bytes:
        """Say what was charged."""
        with self.lock:
            return json.dumps(
                {
                    "requests": self.requests,
                    "replays": self.replays,
                    "too_fast": self.too_fast,
                    "charges": sum(self.charges.values()),
                    "pledges": len(self.charges),
                    "seconds": self.last - self.first,
                    "too_fast_after": self.refused_after,
                }
            ).encode()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        """Answer what is looked at."""
        self._answer(200, self.server.provider.stats())  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        """Charge."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        if not provider.admits():
            error = {"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "too fast"}}
            return self._answer(429, json.dumps(error).encode())
        answer = provider.charge(self.headers["Idempotency-Key"], parse_qs(body))
        time.sleep(LATENCY * random.uniform(LEAST, MOST))
        return self._answer(200, answer)

    def _answer(self, status: int, body: bytes) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)


class Server(ThreadingHTTPServer):
    """Many connections, kept alive."""

    daemon_threads = True
    request_queue_size = 200

    def handle_error(self, *_: object) -> None:
        """Stay silent: whoever asked was killed."""


def main(port: int, rate: float) -> None:
    """Serve until killed."""
    server = Server(("127.0.0.1", port), Handler)
    server.provider = Provider(rate)  # type: ignore[attr-defined]
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
