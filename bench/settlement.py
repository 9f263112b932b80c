"""How fast, and how safely, a campaign is charged: `python bench/settlement.py [pledges] [rate]`, 10 000 and 25.

The collector that ships, a PostgreSQL of its own, and a Stripe on this machine (`fake_stripe.py`) with latency, a rate
limit and keys. Two runs: all pledges at the rate; then 2 000 while the collector is killed (`kill -9`) three times.
`results/settlement.json` holds the figures of a run.
"""

import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import NullPool, create_engine, make_url, text

from marketplace.core.db import Database, make_engine
from marketplace.core.embedded import Embedded
from marketplace.core.migrate import upgrade
from marketplace.core.pauses import settle_in
from marketplace.payments.pace import Pace, threads_for
from marketplace.payments.stripe_gateway import StripeGateway
from marketplace.pledges import collector, errands

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "settlement.json"
KILLED_PLEDGES, KILLS = int(os.environ.get("KILLED", "2000")), 3
# Of the run that is killed: two minutes are too long to watch; still many times what a request takes.
SHORT_LEASE = timedelta(seconds=6)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
# Long after everybody promised; a collector that starts again goes on from where the one that was killed was.
LATER = timedelta(days=40)


def main(pledges: int, rate: float) -> None:
    """Run both, print and keep the figures."""
    server = Embedded(ROOT / "var" / "bench-postgres", throwaway=True)
    try:
        url = server.start()
        engine = make_engine(url, pool_size=1)
        upgrade(engine)
        engine.dispose()
        figures: dict[str, object] = {"cores": os.cpu_count(), "load": os.getloadavg()[0], "rate": rate}
        figures["steady"] = steady(url, pledges, rate)
        keep(figures)
        figures["killed"] = killed(url, KILLED_PLEDGES, rate)
        keep(figures)
    finally:
        server.stop()
    print(json.dumps(figures, indent=2))


def keep(figures: dict[str, object]) -> None:
    """Write down what is known so far."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n")


def steady(url: str, pledges: int, rate: float) -> dict[str, object]:
    """Charge everybody without trouble."""
    url = filled(url, "steady", pledges)
    with Provider(rate) as address:
        done = subprocess.run(collecting(url, address, rate), capture_output=True, check=True, text=True)
        stats = ask(address)
    report = json.loads(done.stdout.splitlines()[-1])
    return {
        "pledges": pledges,
        "charged": stats["charges"],
        "charged_twice": stats["charges"] - stats["pledges"],
        "requests_per_second": round((stats["requests"] - 1) / stats["seconds"], 2),
        "of_the_rate": round((stats["requests"] - 1) / stats["seconds"] / rate, 4),
        "too_fast": stats["too_fast"],
        "too_fast_after_seconds": stats["too_fast_after"],
        "paid_here": count(url, "paid"),
        **report,
    }


def killed(url: str, pledges: int, rate: float) -> dict[str, object]:
    """Charge everybody while the collector is killed again and again."""
    url = filled(url, "killed", pledges)
    with Provider(rate) as address:
        for _ in range(KILLS):
            process = subprocess.Popen(collecting(url, address, rate, "short"), stdout=subprocess.DEVNULL)
            time.sleep(random.uniform(10, 16))
            process.send_signal(signal.SIGKILL)
            process.wait()
        while count(url, "paid") < pledges:
            subprocess.run(collecting(url, address, rate, "short"), stdout=subprocess.DEVNULL, check=True)
            time.sleep(SHORT_LEASE.total_seconds() / 2)
        stats = ask(address)
    return {
        "pledges": pledges,
        "kills": KILLS,
        "charged": stats["charges"],
        "charged_twice": stats["charges"] - stats["pledges"],
        "lost": pledges - stats["pledges"],
        "paid_here": count(url, "paid"),
        "replays": stats["replays"],
        "too_fast": stats["too_fast"],
    }


def collect(url: str, address: str, rate: float, lease: str) -> None:
    """Be the collector: run until nothing is due, then say how it went."""
    if lease == "short":
        errands.LEASE = SHORT_LEASE
    database, gateway = Database(make_engine(url)), StripeGateway("sk_test_bench", address)
    gateway.load()
    settle_in()
    start = memory()
    report = collector.run(
        database,
        gateway,
        clock=lambda: datetime.now(UTC) + LATER,
        pace=Pace(rate),
        threads=threads_for(rate),
    )
    usage = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "megabytes_at_start": start,
        "megabytes_more": round(usage.ru_maxrss / 1024 - start, 1),
        "cpu_milliseconds_each": round((usage.ru_utime + usage.ru_stime) / max(report.requests, 1) * 1000, 2),
        "outcomes": report.outcomes,
    }
    print(json.dumps(figures))


def memory() -> float:
    """Return how much this process holds, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 1024**2, 1)


def collecting(url: str, address: str, rate: float, lease: str = "as it ships") -> list[str]:
    """Return the command of a collector."""
    return [sys.executable, __file__, "collect", url, address, str(rate), lease]


class Provider:
    """A provider with nothing charged yet, while the block lasts."""

    def __init__(self, rate: float) -> None:
        self._rate = rate

    def __enter__(self) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "bench" / "fake_stripe.py"), str(port), str(self._rate)]
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


def ask(address: str) -> dict[str, float]:
    """Return what the provider did."""
    with urllib.request.urlopen(f"{address}/_stats", timeout=10) as answer:
        return dict(json.load(answer))


def count(url: str, state: str) -> int:
    """Return how many pledges are in a state."""
    engine = make_engine(url, pool_size=1)
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT count(*) FROM pledge WHERE state = :state"), {"state": state})
    engine.dispose()
    return int(found or 0)


def filled(url: str, name: str, pledges: int) -> str:
    """Make a database with one campaign that collects, and so many firm pledges of so many people; return its URL."""
    server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}"))
    own = make_url(url).set(database=name).render_as_string(hide_password=False)
    engine = create_engine(own, poolclass=NullPool)
    with engine.begin() as connection:
        # What other parts would have written is left out, and so is what insists on it.
        connection.execute(text(f"ALTER TABLE pledge DROP CONSTRAINT {_VERSION}"))
        connection.execute(text(_UNCHECKED))
        for statement in _FILL:
            connection.execute(text(statement), {"n": pledges, "ago": NOW - timedelta(days=9)})
        connection.execute(text("ANALYZE"))
    return own


_UNCHECKED = """DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'campaign'::regclass AND contype = 'c' LOOP
        EXECUTE 'ALTER TABLE campaign DROP CONSTRAINT ' || quote_ident(name);
    END LOOP; END $$"""
_VERSION = "fk_pledge_campaign_id_campaign_version_campaign_version"
_CAMPAIGN = "'0190a0a0-0000-7000-8000-000000000001'::uuid"
_ID = "('0190a0a0-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid"
_PERSON = "('0190a0a0-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid"
_FILL = (
    (
        "INSERT INTO account (id, email, email_normalised, password_hash, security_stamp, display_name,"
        f" adult_declared_at, email_confirmed_at, created_at) SELECT {_PERSON}, n || '@exemple.fr',"
        f" n || '@exemple.fr', 'x', {_PERSON},"
        " 'Personne ' || n, :ago, :ago, :ago FROM generate_series(0, :n) n"
    ),
    (f"INSERT INTO payment_customer SELECT {_PERSON}, 'cus_' || n, false, 'x', :ago FROM generate_series(1, :n) n"),
    (
        "INSERT INTO project (id, owner_id, form_key, name, created_at)"
        f" SELECT {_CAMPAIGN}, {_PERSON}, {_CAMPAIGN}, 'Le fournil', :ago FROM generate_series(0, 0) n"
    ),
    (
        "INSERT INTO project_owner (id, project_id, account_id, role, invited_by, invited_at, joined_at)"
        f" SELECT {_CAMPAIGN}, {_CAMPAIGN}, {_PERSON}, 'lead', {_PERSON}, :ago, :ago FROM generate_series(0, 0) n"
    ),
    (
        "INSERT INTO campaign (id, project_id, state, version, row_version, title, summary, story_markdown, story_html,"
        " renderer, threshold_cents, hard_cap_cents,"
        f" goal_cents, minimum_cents, created_at, changed_at) VALUES ({_CAMPAIGN}, {_CAMPAIGN}, 'collecting', 1, 1,"
        " 'Un four à bois', '', '', '', 'x', 5000, 5000::bigint * :n, 5000::bigint * :n, 1000, :ago, :ago)"
    ),
    (
        "INSERT INTO campaign_tally (campaign_id, hard_cap_cents, reserved_cents, live_cents, related_cents,"
        f" confirmed_cents, backers, decisions, last_hash) VALUES ({_CAMPAIGN}, 5000::bigint * :n, 0,"
        " 5000::bigint * :n, 0, 5000::bigint * :n, :n, 0, 'x')"
    ),
    (
        "INSERT INTO pledge (campaign_id, id, campaign_version, backer_id, form_key, amount_cents, related,"
        " commune_code, ring, state, row_version, opened_at, reserved_until, card_page_round, payment_method_id,"
        f" revocable_until, charge_attempt, livemode) SELECT {_CAMPAIGN}, {_ID}, 1, {_PERSON}, {_ID}, 5000, false,"
        " '86194', 0, 'confirmed', 3, :ago, :ago, 1, 'pm_' || n, :ago, 0, false FROM generate_series(1, :n) n"
    ),
    (
        "INSERT INTO transfer (campaign_id, id, pledge_id, kind, debit_account, credit_account, amount_cents,"
        f" currency, at) SELECT {_CAMPAIGN}, {_PERSON}, {_ID}, 'pending', 'backers', 'campaign:x', 5000, 'eur', :ago"
        " FROM generate_series(1, :n) n"
    ),
)


if __name__ == "__main__":
    if sys.argv[1:2] == ["collect"]:
        collect(sys.argv[2], sys.argv[3], float(sys.argv[4]), sys.argv[5])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, float(sys.argv[2]) if len(sys.argv) > 2 else 25.0)
