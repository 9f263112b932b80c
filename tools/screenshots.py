"""Photograph every page of a running copy, as each person sees it, on two screens and in both themes.

    python tools/screenshots.py http://127.0.0.1:8000 [--out var/screenshots] [--only NAME…] [--widths 1280 390]
    python tools/screenshots.py http://127.0.0.1:8000 --readme      # those of the README, into docs/pictures

The copy is one of the demonstration: people sign in with its accounts. What a page needs to be shown (a pledge, a
letter, a request) is made on the copy, through its own pages.
"""

import argparse
import sys
import time
from base64 import b64decode
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from e2e.chromium import FLAGS, executable  # noqa: E402  # the path above comes first
from e2e.stops import STOPS  # noqa: E402
from e2e.tour import HEIGHT, THEMES, WIDTHS, Tour  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

# Pictures of the README: page, width, theme. Small files: what the window shows first, as WebP.
README = (
    ("feed-resident", 1280, "light"),
    ("campaign-resident", 390, "light"),
    ("feed-resident", 390, "dark"),
    ("amount", 390, "light"),
    ("pledge-saved", 390, "light"),
    ("project-live", 390, "light"),
)
PICTURES = ROOT / "docs" / "pictures"
QUALITY = 70
NARROW, TALL = 600, 780


def main() -> int:
    """Photograph; return the exit status."""
    arguments = _parser().parse_args()
    started = time.monotonic()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        tour = Tour(browser, arguments.url.rstrip("/"), reduced_motion="reduce")
        folder, number = _readme(tour) if arguments.readme else _everything(tour, arguments)
        tour.leave_no_card_open()
        tour.close()
        browser.close()
    print(f"{number} pictures in {folder} ({time.monotonic() - started:.0f} s)")
    return 0


def _everything(tour: Tour, arguments: argparse.Namespace) -> tuple[Path, int]:
    """Photograph the pages asked for whole; return the folder and how many pictures."""
    chosen = [stop for stop in STOPS if not arguments.only or stop.name in arguments.only]
    arguments.out.mkdir(parents=True, exist_ok=True)
    for stop in chosen:
        page = tour.go(stop)
        for width in arguments.widths:
            for theme in arguments.themes:
                tour.show(page, width, theme)
                target = arguments.out / f"{stop.name}-{width}-{theme}.png"
                page.screenshot(path=target, full_page=not arguments.fold)
        print(stop.name)
    return arguments.out, len(chosen) * len(arguments.widths) * len(arguments.themes)


def _readme(tour: Tour) -> tuple[Path, int]:
    """Photograph the pages of the README; return the folder and how many pictures."""
    PICTURES.mkdir(exist_ok=True)
    stops = {stop.name: stop for stop in STOPS}
    for name, width, theme in README:
        page = tour.go(stops[name])
        tour.show(page, width, theme, height=HEIGHT if width > NARROW else TALL)
        page.evaluate("document.fonts.ready")
        # Playwright knows no WebP; the browser does.
        shot = page.context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        (PICTURES / f"{name}-{width}-{theme}.webp").write_bytes(b64decode(shot["data"]))
        print(name)
    return PICTURES, len(README)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("url", help="where the copy answers, for example http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="names of tests/e2e/stops.py")
    parser.add_argument("--widths", nargs="+", type=int, default=WIDTHS)
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--fold", action="store_true", help="only what the window shows, not the whole page")
    parser.add_argument("--readme", action="store_true", help="the pictures of the README and nothing else")
    return parser


if __name__ == "__main__":
    sys.exit(main())
