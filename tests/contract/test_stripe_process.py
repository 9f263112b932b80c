"""The sandbox as a process: it starts, stops, dies and comes back with its data."""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest
import requests

from marketplace.sandbox import Sandbox
from marketplace.sandbox.checkout import DUE
from marketplace.sandbox.store import Store

HEADERS = {"Authorization": "Bearer sk_test_x"}


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def run(tmp_path, port):
    """Start a sandbox process, and stop those still running at the end."""
    running = []

    def start(store=tmp_path / "sandbox.sqlite", on=port):
        command = [sys.executable, "-m", "marketplace.sandbox", "--port", str(on), "--store", str(store)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def create(port, name):
    return requests.post(f"http://127.0.0.1:{port}/v1/customers", {"name": name}, headers=HEADERS, timeout=10)


def names(port):
    listed = requests.get(f"http://127.0.0.1:{port}/v1/customers?limit=100", headers=HEADERS, timeout=10)
    return [one["name"] for one in listed.json()["data"]]


def test_it_says_where_it_listens_and_stops_cleanly(run, port, tmp_path):
    process = run()
    assert process.stdout.readline() == (
        f"Sandbox listening on http://127.0.0.1:{port}, store {tmp_path / 'sandbox.sqlite'}\n"
    )
    create(port, "Alice")

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=5) == 0
    assert process.stderr.read() == ""
    again = run()
    again.stdout.readline()
    assert names(port) == ["Alice"]


def test_what_was_answered_survives_a_sudden_death(run, port, tmp_path):
    process = run()
    process.stdout.readline()
    answered = []

    def write():
        with contextlib.suppress(requests.RequestException):
            for number in itertools.count():
                answered.append(create(port, str(number)).json()["name"])  # noqa: PERF401 - watched as it grows

    writer = threading.Thread(target=write)
    writer.start()
    while len(answered) < 20:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    writer.join()
    process.wait()

    run().stdout.readline()

    kept = {one["name"] for one in _everything(port)}
    assert len(answered) >= 20
    assert set(answered) <= kept
    # At most the one call that was under way when the process died.
    assert len(kept - set(answered)) <= 1


def _everything(port):
    found, cursor = [], ""
    while True:
        page = requests.get(
            f"http://127.0.0.1:{port}/v1/customers?limit=100{cursor}", headers=HEADERS, timeout=10
        ).json()
        found += page["data"]
        if not page["has_more"]:
            return found
        cursor = f"&starting_after={found[-1]['id']}"


def test_a_second_one_on_the_same_file_is_told_so(run, port):
    run().stdout.readline()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        other = free.getsockname()[1]

    second = run(on=other)

    assert second.wait(timeout=10) == 1
    assert "is used by another sandbox" in second.stderr.read()


def test_a_port_that_is_taken_is_told(run, port, tmp_path):
    run().stdout.readline()

    second = run(store=tmp_path / "other.sqlite")

    assert second.wait(timeout=10) == 1
    assert f"cannot listen on 127.0.0.1:{port}" in second.stderr.read()


def test_it_listens_on_this_machine_only():
    with pytest.raises(ValueError, match="only listens on this machine"):
        Sandbox(host="0.0.0.0")


def test_the_clock_and_the_queue_survive_a_restart(tmp_path, receiver):
    store = str(tmp_path / "sandbox.sqlite")
    with Sandbox(store=store, background=False) as first:
        requests.post(
            f"{first.url}/v1/webhook_endpoints",
            {"url": receiver.url, "enabled_events[0]": "*"},
            headers=HEADERS,
            timeout=10,
        )
        first.advance(1_000)
        requests.post(f"{first.url}/v1/customers", {}, headers=HEADERS, timeout=10)

    with Sandbox(store=store, background=False) as second:
        assert second.account.clock.offset == 1_000
        assert second.deliver()["delivered"] == 1


def test_a_failed_transaction_leaves_no_trace():
    with closing(Store()) as store:

        def fail():
            with store.transaction():
                store.set_setting("a", "1")
                store.insert({"id": "x", "object": "customer", "created": 1})
                raise RuntimeError("broken")

        with pytest.raises(RuntimeError, match="broken"):
            fail()

        assert store.setting("a", "none") == "none"
        assert store.find("x") is None
        with store.transaction(), pytest.raises(RuntimeError, match="already open"), store.transaction():
            pass


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("kind = 'customer' ORDER BY seq DESC LIMIT 10", "object_kind"),
        ("kind = 'payment_intent' AND json_extract(body, '$.customer') = 'cus_1' ORDER BY seq", "object_customer"),
        ("kind = 'charge' AND json_extract(body, '$.payment_intent') = 'pi_1' ORDER BY seq", "object_payment_intent"),
    ],
)
def test_each_way_of_looking_has_its_index(condition, index):
    with closing(Store()) as store:
        plan = store.rows(f"EXPLAIN QUERY PLAN SELECT body FROM object WHERE {condition}")

    assert index in str(plan)
    assert "TEMP B-TREE" not in str(plan)


def test_sessions_that_are_due_are_found_by_an_index():
    with closing(Store()) as store:
        plan = store.rows(f"EXPLAIN QUERY PLAN {DUE}", (5,))

    assert "object_expiry" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


def test_it_starts_with_little_work(run):
    # Processor time, not the clock: other work on the machine is no fault of its own.
    process = run()
    process.stdout.readline()

    process.send_signal(signal.SIGTERM)
    _, status, usage = os.wait4(process.pid, 0)

    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert usage.ru_utime + usage.ru_stime < 1.0
