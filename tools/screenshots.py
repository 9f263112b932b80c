"""Photograph every page of a running copy, as each person sees it, on two screens and in both themes.

    python tools/screenshots.py http://127.0.0.1:8000 [--out var/screenshots] [--only NAME…] [--widths 1280 390]

The copy is one of the demonstration: people sign in with its accounts. What a page needs to be shown (a pledge, a
letter, a request) is made on the copy, through its own pages.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from e2e.tour import FLAGS, HEIGHT, STOPS, THEMES, WIDTHS, Tour  # noqa: E402  # the path above comes first
from playwright.sync_api import sync_playwright  # noqa: E402


def main() -> int:
    """Photograph; return the exit status."""
    arguments = _parser().parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is missing: apt-get install -y --no-install-recommends chromium fonts-dejavu-core")
        return 1
    chosen = [stop for stop in STOPS if not arguments.only or stop.name in arguments.only]
    arguments.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        tour = Tour(browser, arguments.url.rstrip("/"), reduced_motion="reduce")
        for stop in chosen:
            page = tour.go(stop)
            for width in arguments.widths:
                page.set_viewport_size({"width": width, "height": HEIGHT})
                for theme in arguments.themes:
                    page.emulate_media(color_scheme=theme)
                    target = arguments.out / f"{stop.name}-{width}-{theme}.png"
                    page.screenshot(path=target, full_page=not arguments.fold)
            print(stop.name)
        tour.close()
        browser.close()
    number = len(chosen) * len(arguments.widths) * len(arguments.themes)
    print(f"{number} pictures in {arguments.out} ({time.monotonic() - started:.0f} s)")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("url", help="where the copy answers, for example http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="names of tests/e2e/tour.py")
    parser.add_argument("--widths", nargs="+", type=int, default=WIDTHS)
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--fold", action="store_true", help="only what the window shows, not the whole page")
    return parser


if __name__ == "__main__":
    sys.exit(main())
