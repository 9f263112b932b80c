"""Every page, on every screen: axe, reflow, spacing, titles, headings, sizes of targets."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from e2e.stop import Stop
from e2e.stops import STOPS
from e2e.tour import THEMES, WIDTHS, Tour
from e2e.watch import Watch
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

ROOT = Path(__file__).resolve().parents[2]
# Of package.json; where npm could not fetch it, an older one that comes with a Python package.
AXES = (ROOT / "node_modules" / "axe-core" / "axe.min.js", Path(axe_playwright_python.__file__).parent / "axe.min.js")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# One thing changes at a time, and the last theme is the one in which the next page is opened: a change is a new layout.
LOOKS = [(width, theme) for width, themes in zip(WIDTHS, (THEMES, THEMES[::-1]), strict=True) for theme in themes]
NARROW = 320
# Routes that no browser shows as a page of ours, and why.
EXCUSED = {
    "moderation.complaints_file": "a file",
    "moderation.log_file": "a file",
    "moderation.stray": "no payment is nobody's here, where every invariant holds; the page is read in tests/web",
    "pledges.certificate": "a PDF; the certificate is checked in tests/web",
    "pledges.preview": "a part of the amount page for htmx; a browser is sent to that page",
    "pledges.reminder": "a file for calendars",
    "campaigns.picture": "a picture for other sites",
    "campaigns.attest": "a file to verify",
    "campaigns.poster": "a PDF; the poster is read back in tests/web/campaigns",
    "instruments.sheet": "a PDF; the sheet is read in tests/web/instruments",
    "instruments.draft_sheet": "a PDF; the sheet is read in tests/web/instruments",
    "owner.picture": "a photo of a page",
    "owner.document": "a PDF; documents are read in tests/web/owner",
    "owner.own_document": "a PDF; documents are read in tests/web/owner",
    "campaigns.public_keys": "a file to verify with",
    "residency.picture": "a picture on the page of a proof",
    "residency.one_loses": "needs two accounts with one proof; read in tests/web/residency",
    "organisations.mandate_refusal": "the form of a place's refusal; read in tests/web/organisations",
    "organisations.mandate_revocation": "the form of a place's refusal; read in tests/web/organisations",
    "alerts.ending": "reached from the mail of a week; read in tests/web/alerts",
    "demo.letter_file": "a file for mail programs",
}
# In the dark only colours differ (tests/web/style/test_dark.py): nothing else is asked twice.
RUN_AXE = """async ([tags, dark]) => {
  const coloured = () => axe.getRules(tags).filter(rule => rule.tags.includes('cat.color')).map(rule => rule.ruleId);
  if (!coloured().includes('color-contrast')) throw new Error('no rule about colours is left');
  const wanted = dark ? {type: 'rule', values: coloured()} : {type: 'tag', values: tags};
  const why = node => ([...node.any, ...node.all, ...node.none][0] || {message: ''}).message;
  const {violations} = await axe.run(document,
    {runOnly: wanted, resultTypes: ['violations'], elementRef: false, preload: false});
  return violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.target.join(' ')} ${why(node)}`));
}"""
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > width + 1)
    .slice(-5).map(one => one.tagName + '.' + one.className + ' ' + Math.round(one.getBoundingClientRect().right));
}"""
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* {line-height: 1.5 !important; letter-spacing: .12em !important;' +
    'word-spacing: .16em !important} p {margin-bottom: 2em !important}');
  document.adoptedStyleSheets = [sheet];
}"""
CLIPPED = """() => [...document.querySelectorAll('main *, header *, footer *')].filter(one => {
  const style = getComputedStyle(one);
  if (!one.innerText || one.closest('.vh, svg, details:not([open])') || one.clientHeight < 2) return false;
  const hides = value => value === 'hidden' || value === 'clip';
  return hides(style.overflowY) && one.scrollHeight > one.clientHeight + 1
      || hides(style.overflowX) && one.scrollWidth > one.clientWidth + 1;
}).map(one => one.tagName + '.' + one.className + ': ' + one.innerText.slice(0, 40))"""
# In one go: between two questions the browser would draw the page.
REFLOW = f"""() => {{
  const [overflow, spaced, clipped] = [{OVERFLOW}, {SPACED}, {CLIPPED}];
  const narrow = overflow();
  spaced();
  return [narrow, overflow(), clipped()];
}}"""
SMALL_TARGETS = """least => [...document.querySelectorAll(
    'button, .btn, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea, summary, nav a')]
  .filter(one => one.checkVisibility() && !one.closest('.vh, .breadcrumbs'))
  .map(one => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.width > 1 && box.height < least - .5)
  .map(([one, box]) => (one.innerText || one.name) + ' ' + Math.round(box.height))"""
OUTLINE = """() => ({
  title: document.title, lang: document.documentElement.lang,
  h1: [...document.querySelectorAll('h1')].map(one => one.innerText),
  alert: !!document.querySelector('[role=alert]'),
  focus: document.activeElement.id || document.activeElement.tagName,
})"""


@pytest.fixture(scope="module")
def axe() -> str:
    return next(path for path in AXES if path.exists()).read_text("utf-8")


@pytest.fixture(scope="module")
def titles() -> Iterator[dict[str, set[str]]]:
    """Titles of all pages, with the paths they stand on: at the end, a title names one page."""
    seen: dict[str, set[str]] = {}
    yield seen
    assert {title: paths for title, paths in seen.items() if len(paths) > 1} == {}


def _problems(tour: Tour, page: Page, axe: str) -> list[str]:
    """Look at the loaded page in both themes and widths, then at 320 pixels, then with more space in its text."""
    page.evaluate(axe)
    found = []
    for width, theme in LOOKS:
        tour.show(page, width, theme)
        found += [f"{width} {theme}: {one}" for one in page.evaluate(RUN_AXE, [TAGS, theme == "dark"])]
    found += [f"less than 44 pixels: {one}" for one in page.evaluate(SMALL_TARGETS, 44)]
    tour.show(page, NARROW, THEMES[0], height=640)
    narrow, wide, cut = page.evaluate(REFLOW)
    found += [f"wider than 320 pixels: {one}" for one in narrow]
    found += [f"too wide with spaced text: {one}" for one in wide]
    found += [f"cut off with spaced text: {one}" for one in cut]
    return found


def _without_policy(page: Page) -> Page:
    """Return a mail on a page of its own: its policy lets nobody look at it with a script."""
    html = page.content()
    alone = page.context.new_page()
    alone.set_content(html)
    return alone


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_page_is_fit_for_everybody(stop: Stop, tour: Tour, axe: str, watch: Watch, titles: dict[str, set[str]]) -> None:
    if stop.status >= 400:
        watch.expect(stop.status)
    page = tour.go(stop)
    if stop.name == "letter-html":
        page = _without_policy(page)
    outline: dict[str, Any] = page.evaluate(OUTLINE)
    assert outline["lang"] == ("en" if stop.name == "sandbox" else "fr")
    assert len(outline["h1"]) == 1, outline
    assert outline["h1"][0].strip()
    if stop.status == 422:
        assert re.match(r"Erreur\s: ", outline["title"])
        assert outline["alert"]
    else:
        assert not outline["title"].startswith("Erreur")
        assert outline["title"].strip()
        path = re.sub(r"[0-9a-f-]{36}", "…", stop.path)
        if stop.status == 200 and page.url.startswith(tour.site):
            titles.setdefault(outline["title"], set()).add(path.partition("?")[0])
    assert not (found := _problems(tour, page, axe)), "\n".join(found)


def test_every_page_is_in_the_tour(live: Any, tour: Tour) -> None:
    app: Flask = live.app
    adapter = app.url_map.bind("localhost")
    toured = set()
    for stop in STOPS:
        path = tour.address(stop).removeprefix(tour.site).partition("?")[0]
        try:
            toured.add(adapter.match(path, method="GET")[0])
        except HTTPException:
            continue  # another server's page, or an error
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - toured - EXCUSED.keys() == set()
    assert EXCUSED.keys() <= pages
