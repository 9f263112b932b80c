"""`flask worker`: what it has ready before it runs the first job."""

import gc
import sys
from contextlib import nullcontext

import procrastinate


def test_all_is_loaded_and_left_alone_before_the_first_job(site, monkeypatch):
    seen = {}

    def run_worker(_queue, **_options):
        seen["frozen"], seen["stripe"] = gc.get_freeze_count(), "stripe" in sys.modules

    monkeypatch.setattr(procrastinate.App, "open", lambda *_: nullcontext())
    monkeypatch.setattr(procrastinate.App, "run_worker", run_worker)
    before = gc.get_freeze_count()
    made = [[] for _ in range(1_000)]  # looked through as long as nobody leaves it alone

    answer = site.test_cli_runner().invoke(args=["worker"])

    assert answer.exit_code == 0, answer.output
    assert seen["stripe"]
    assert seen["frozen"] >= before + len(made)
