"""How long a test may take, by its folder: over the limit it is named at the end, ten times over it fails.

Ten times, and only when this process itself was busy for half of that, because machines are shared and noisy: what
fails is a test that does something else than it seems to.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest

# Seconds. A property is a hundred examples.
LIMITS = {"unit": 0.01, "integration": 0.5, "web": 0.5}
MARGIN = 10
EXAMPLES = 100
# Seconds: a full garbage collection, late in a run of thousands of tests, falls on whichever test comes next.
PAUSE = 1.0
# Real processes, threads that meet, databases of their own, hostile input: they take the time they need.
UNTIMED = ("races", "clean", "untimed")
# What a report says of a slow test.
OVER = "over the limit"
_slow: list[tuple[float, float, str]] = []
_busy = pytest.StashKey[float]()


def limit_of(item: pytest.Item) -> float | None:
    """Return how long a test may take, None when it may take what it needs. Seconds."""
    parts = item.path.parts
    folder = parts[parts.index("tests") + 1] if "tests" in parts else ""
    if folder not in LIMITS or any(item.get_closest_marker(name) for name in UNTIMED):
        return None
    examples = EXAMPLES if getattr(getattr(item, "obj", None), "is_hypothesis_test", False) else 1
    return LIMITS[folder] * examples


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Note for how long this process was busy with a test."""
    start = time.process_time()
    try:
        return (yield)
    finally:
        item.stash[_busy] = time.process_time() - start


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    """Turn a test that passed far too slowly into one that failed."""
    report = yield
    limit = limit_of(item)
    if call.when != "call" or limit is None or not report.passed:
        return report
    if call.duration > limit:
        report.user_properties.append((OVER, (call.duration / limit, call.duration, item.nodeid)))
    if call.duration > MARGIN * limit and item.stash.get(_busy, 0.0) > _most_busy(item, limit):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} took {call.duration:.2f} s; the limit of its folder is {limit} s"
    return report


def _most_busy(item: pytest.Item, limit: float) -> float:
    """Return for how long this process may be busy: all of the time in a unit test, which waits for nobody."""
    return max(PAUSE, limit * MARGIN / (1 if "unit" in item.path.parts else 2))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect the slow ones where the summary is written, whichever process ran them."""
    _slow.extend(tuple(value) for name, value in report.user_properties if report.when == "call" and name == OVER)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the tests that took longer than their folder allows, the worst first."""
    if not _slow:
        return
    terminalreporter.section(f"{len(_slow)} tests over the time limit of their folder")
    for _times, duration, name in sorted(_slow, reverse=True)[:10]:
        terminalreporter.write_line(f"{duration:6.2f} s  {name}")
