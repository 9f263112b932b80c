"""What a browser complains about while a test runs: consoles, failed and refused loads, requests to strangers."""

from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response

# Chromium writes this to the console for every answer of 400 and above, pages included.
_LOAD = "Failed to load resource: the server responded with a status of "
# What a browser says of a load that it gave up itself: it went to another page, or saved the answer as a file.
_ABORTED = "net::ERR_ABORTED"


@dataclass
class Watch:
    """Complaints of the browser windows it was put on. allowed: statuses of 400 and above that the test is about.

    origins: those that pages may load from.
    """

    origins: Collection[str]
    allowed: set[int] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)

    def on(self, context: BrowserContext) -> BrowserContext:
        """Watch every page of a browser context."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.seen.append(f"script: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("request", self._request)
        context.on("response", self._response)
        return context

    def expect(self, *statuses: int) -> None:
        """Say that the test means to be refused."""
        self.allowed.update(statuses)

    def complaints(self) -> list[str]:
        """Return what was seen so far, and forget it with what was allowed."""
        seen, self.seen, self.allowed = self.seen, [], set()
        return seen

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        status = message.text.removeprefix(_LOAD)[:3]
        if message.text.startswith(_LOAD) and status.isdecimal() and int(status) in self.allowed:
            return
        self.seen.append(f"console: {message.text} ({message.location.get('url')})")

    def _failed(self, request: Request) -> None:
        if request.failure != _ABORTED:
            self.seen.append(f"failed: {request.method} {request.url} {request.failure}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "about"} and f"{parts.scheme}://{parts.netloc}" not in self.origins:
            self.seen.append(f"third party: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.allowed:
            self.seen.append(f"{response.status}: {response.request.method} {response.url}")


def load(page: Page, url: str) -> int:
    """Go to a page and return the status of its answer."""
    answer = page.goto(url)
    if answer is None:
        raise Error(f"no answer: {url}")
    return answer.status
