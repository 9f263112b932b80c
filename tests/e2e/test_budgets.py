"""How heavy pages are, measured on what travels: a first visit, with nothing kept from before."""

from collections.abc import Callable
from dataclasses import dataclass

import brotli
import pytest
from playwright.sync_api import BrowserContext, Page, Response

KB = 1024
PAGES = {
    "feed": "/",
    "campaign": "/collectes/{live}",
    "pledge form": "/collectes/{live}/participer",
    "sign-in": "/connexion",
    "commune search": "/communes?q=Saint-Denis",
}


@dataclass(frozen=True)
class Weight:
    """What a page costs, in bytes as they travel. html: compressed as a server in front does; ours does not."""

    html: int
    css: int
    script: int
    fonts: list[int]
    requests: int


def visited(page: Page, url: str) -> list[Response]:
    """Go to a page; return every answer it needed."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks what it is given
    page.goto(url, wait_until="networkidle")
    return answers


def weighed(answers: list[Response]) -> Weight:
    def of(kind: str) -> list[int]:
        return [one.request.sizes()["responseBodySize"] for one in answers if one.request.resource_type == kind]

    html = next(one for one in answers if one.request.resource_type == "document")
    return Weight(len(brotli.compress(html.body())), sum(of("stylesheet")), sum(of("script")), of("font"), len(answers))


@pytest.mark.parametrize("name", PAGES)
def test_page_keeps_to_its_budget(name: str, live, tour, open_browser: Callable[..., BrowserContext]):
    who = "" if name in {"sign-in", "commune search"} else "claire"
    kept = tour.page(who).context.storage_state() if who else None
    page = open_browser(storage_state=kept).new_page()
    answers = visited(page, live.url + PAGES[name].format_map(tour.found))
    weight = weighed(answers)
    assert weight.html <= 15 * KB, weight
    assert 0 < weight.css <= 8 * KB, weight
    assert weight.script <= 15 * KB, weight
    assert 0 < len(weight.fonts) <= 2, weight
    assert sum(weight.fonts) <= 65 * KB, weight
    assert weight.requests <= 10, weight


def test_static_files_are_compressed_and_kept_for_ever(live, open_browser: Callable[..., BrowserContext]):
    page = open_browser().new_page()
    static = [one for one in visited(page, live.url) if "/static/" in one.url]
    assert {one.request.resource_type for one in static} >= {"stylesheet", "font"}
    for answer in static:
        assert "immutable" in answer.header_value("cache-control"), answer.url
        if answer.request.resource_type != "font":
            assert answer.header_value("content-encoding") == "br", answer.url
