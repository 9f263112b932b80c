"""What a page costs: CPU of the server's processes for each request: `python bench/web.py [REQUESTS]`.

A site of its own with the demonstration, two workers, and a page that says hello through the same application: its CPU
is measured before and after each page, and a page is compared with their mean. Seconds of CPU survive busy neighbours,
seconds of a clock do not. `bench/results/` holds the results of a run.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from machine import machine

from marketplace import demo

PORT = 8158
REQUESTS, WARM = 400, 60
HELLO = """
from flask import Response
from marketplace.app import create_app
from marketplace.web.access import public

app = create_app()

@app.get("/bonjour")
@public
def bonjour():
    return Response("bonjour", mimetype="text/plain")
"""


class Browser:
    """One connection that is kept open, with its cookies."""

    def __init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, *, form: Mapping[str, str] | None = None, **headers: str) -> tuple[int, str, Any]:
        """Return status, body and headers of an answer."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body, sent["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        method = "GET" if form is None else "POST"
        try:
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # it was idle for too long
            self.connection.close()
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
        read = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, read, answer.headers

    def send(self, path: str, **form: str) -> int:
        """Send the form of a page."""
        page = self.ask(path)[1]
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None, path
        return self.ask(path, form={"csrf_token": token[1], **form})[0]


def cpu(parent: int) -> float:
    """Return the seconds of CPU of a process and its children."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            values = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(values[1]) == parent or int(stat.parent.name) == parent:
            ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def cost(server: int, browser: Browser, path: str, number: int, status: int = 200, **headers: str) -> float:
    """Return the milliseconds of CPU for one request of a page."""
    for _request in range(WARM):
        found = browser.ask(path, **headers)[0]
        assert found == status, (path, found)
    before = cpu(server)
    for _request in range(number):
        browser.ask(path, **headers)
    return 1000 * (cpu(server) - before) / number


def measure(server: int, number: int) -> dict[str, Any]:
    """Return what each page costs, hello before and after it."""
    visitor, resident = Browser(), Browser()
    account = next(one for one in demo.ACCOUNTS if one.email.startswith("claire"))
    assert resident.send("/connexion", email=account.email, password=account.password) == 303
    tag = visitor.ask("/communes/86194")[2]["ETag"]
    pages = {
        "visitor, page kept": (visitor, "/communes/86194", 200, {}),
        "visitor, 304": (visitor, "/communes/86194", 304, {"If_None_Match": tag}),
        "visitor, page made anew": (visitor, "/communes/86194?utm=1", 200, {}),
        "signed in, list kept": (resident, "/", 200, {}),
        "signed in, all made anew": (resident, "/?utm=1", 200, {}),
    }
    found = {}
    for name, (browser, path, expected, headers) in pages.items():
        hello_before = cost(server, visitor, "/bonjour", number)
        spent = cost(server, browser, path, number, expected, **headers)
        hello_after = cost(server, visitor, "/bonjour", number)
        found[name] = {
            "ms": spent,
            "hello_before": hello_before,
            "hello_after": hello_after,
            "ratio": 2 * spent / (hello_before + hello_after),
        }
    return found


def main(number: int) -> None:
    """Start a site, measure, print, and keep the figures."""
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:
        Path(folder, "hello.py").write_text(HELLO, encoding="utf-8")
        settings = {"PORT": str(PORT), "VAR_DIR": folder, "PAGE_SECONDS": "3600", "PYTHONPATH": f"{root}:{folder}"}
        start = [sys.executable, "-m", "marketplace"]
        options: dict[str, Any] = {"env": {**os.environ, **settings}, "cwd": root, "stdout": subprocess.DEVNULL}
        subprocess.run([*start, "--prepare-only"], check=True, **options)
        serve = [*start, "exec", sys.executable, "-m", "gunicorn", "-w", "2", "-k", "gthread", "--threads", "8"]
        site = subprocess.Popen([*serve, "-b", f"127.0.0.1:{PORT}", "-p", f"{folder}/pid", "hello:app"], **options)
        try:
            server = _await(Path(folder, "pid"))
            facts = {"machine": machine(), "requests": number, "pages": measure(server, number)}
        finally:
            os.kill(int(Path(folder, "pid").read_text()), signal.SIGTERM)
            site.wait(60)
    target = root / "bench" / "results" / "web.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(facts, indent=1))


def _await(pid: Path) -> int:
    """Return the process of the server once it answers."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if Browser().ask("/bonjour")[0] == 200:
                return int(pid.read_text())
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("the site does not answer")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS)
