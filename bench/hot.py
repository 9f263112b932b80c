"""One campaign stormed over HTTP: `python bench/hot.py [seconds]`, 12 for each measure.

200 clients keep their connections to a gunicorn of 2 processes × 64 threads, as the site starts one (`hot_app.py`), and
ask as fast as they are answered: for hello, for a pledge through the door that ships, for the same pledge in a
transaction of its own, for the webhook. Then a campaign with little room is filled by amounts of 10 to 50 €: not a euro
too much, and no room left that the smallest would have fitted. `results/hot.json` holds the figures. What counts
are the ratios: clients and server share the machine, and others may too; milliseconds of CPU for each request, of
program and database, hold even then.
"""

import asyncio
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import NullPool, create_engine, make_url, text

from marketplace.core.db import Database, make_engine
from marketplace.core.embedded import Embedded
from marketplace.core.migrate import upgrade
from marketplace.moderation.services import approve
from marketplace.territories import loader
from tests.factories import Make
from tests.factories.moderation import check_everything
from tests.fakes import FakeGateway

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "hot.json"
CLIENTS, PEOPLE, PORT = 200, int(os.environ.get("PEOPLE", "60000")), 8179
SECRET = "whsec_bench"
LITTLE_ROOM = 20_000


def main(seconds: float) -> None:
    """Measure, print and keep the figures."""
    server = Embedded(ROOT / "var" / "bench-hot-postgres", throwaway=True)
    try:
        url = server.start()
        engine = make_engine(url, pool_size=1)
        upgrade(engine)
        if not loader.is_imported(engine):
            loader.import_release(engine)
        engine.dispose()
        figures: dict[str, object] = {"cores": os.cpu_count(), "load": os.getloadavg()[0], "clients": CLIENTS}
        rates = {}
        database, campaign = fresh(url, "hot", 1_000_000)
        with Server(database, campaign):
            asyncio.run(storm("door", seconds / 2, first=4 * PEOPLE // 5))  # nothing is measured cold
            analyse(database)
            for number, path in enumerate(("hello", "door", "alone", "webhook", "hello again")):
                before = spent("hot")
                rates[path] = asyncio.run(storm(path, seconds, first=number * PEOPLE // 5))
                answered = sum(rates[path][key] for key in rates[path] if key.isdigit())
                rates[path]["cpu_ms"] = round((spent("hot") - before) / answered, 2)
                figures[path] = rates[path]
        hello = (rates["hello"]["per_second"] + rates["hello again"]["per_second"]) / 2
        figures["door_over_alone"] = round(rates["door"]["per_second"] / rates["alone"]["per_second"], 2)
        figures["door_over_hello"] = round(rates["door"]["per_second"] / hello, 3)
        figures["webhook_over_hello"] = round(rates["webhook"]["per_second"] / hello, 3)
        database, campaign = fresh(url, "filled", LITTLE_ROOM)
        with Server(database, campaign):
            asyncio.run(storm("door", 4 * seconds))
        figures["full"] = filled(database)
    finally:
        server.stop()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


def spent(database: str) -> float:
    """Return the milliseconds of processor that the server and the database's sessions have taken so far."""
    tick, ticks = 1000 / os.sysconf("SC_CLK_TCK"), 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if f"--bind=127.0.0.1:{PORT}" in words or f" {database} [local]" in words:
                ticks += sum(map(int, (process / "stat").read_text().rsplit(")", 1)[1].split()[11:13]))
    return ticks * tick


def fresh(url: str, name: str, hard_cap: int) -> tuple[str, str]:
    """Make a database with one open campaign and people who may all pledge to it; return its URL and the campaign."""
    server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}"))
    own = make_url(url).set(database=name).render_as_string(hide_password=False)
    engine = make_engine(own, pool_size=1)
    make = Make(Database(engine), FakeGateway(), datetime.now(UTC))
    campaign = make.campaign(state="submitted", hard_cap=hard_cap)
    published(make, campaign.id)
    person = make.account()
    with engine.begin() as connection:
        for statement in _PEOPLE:
            connection.execute(text(statement), {"model": person.id, "n": PEOPLE})
    engine.dispose()
    analyse(own)
    return own, str(campaign.id)


def analyse(url: str) -> None:
    """Let the planner know the tables that are no longer empty, as autovacuum does within a minute of a storm."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def published(make: Make, campaign_id: UUID) -> None:
    """Publish a submitted campaign, as two administrators do where its amount takes two."""
    for judge in (make.account(administrator=True), make.account(administrator=True)):
        who = {"campaign_id": campaign_id, "administrator_id": judge.id, "now": make.now}
        make.do(lambda session, who=who: check_everything(session, **who))
        if make.do(lambda session, who=who: approve(session, **who)):
            return
    raise AssertionError("not published")


_PERSON = "('0190a0a0-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid"
_OF_MODEL = "FROM {table} x, generate_series(0, :n) n WHERE x.{key} = :model"
_PEOPLE = tuple(
    f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(x) ||"
    f" jsonb_build_object('id', {_PERSON}, {changes}))).* {_OF_MODEL.format(table=table, key=key)}"
    for table, key, changes in (
        ("account", "id", "'email_normalised', n || '@exemple.fr'"),
        ("residence_link", "account_id", f"'account_id', {_PERSON}"),
    )
)


def filled(url: str) -> dict[str, object]:
    """Say how full a campaign with little room is."""
    engine = make_engine(url, pool_size=1)
    with engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT t.hard_cap_cents, t.reserved_cents, (SELECT sum(amount_cents) FROM pledge) AS pledged,"
                " (SELECT count(*) FROM pledge) AS pledges, (SELECT count(*) FROM decision) AS decisions"
                " FROM campaign_tally t"
            )
        ).one()
    engine.dispose()
    return {
        "cap_cents": row.hard_cap_cents,
        "reserved_cents": row.reserved_cents,
        "pledged_cents": int(row.pledged),
        "pledges": row.pledges,
        "decisions": row.decisions,
        "oversold_cents": max(0, int(row.pledged) - row.hard_cap_cents),
        "room_left_cents": row.hard_cap_cents - row.reserved_cents,
    }


class Server:
    """A gunicorn, while the block lasts."""

    def __init__(self, url: str, campaign: str) -> None:
        self._environment = {
            **os.environ,
            "DATABASE_URL": url,
            "BENCH_CAMPAIGN": campaign,
            "BENCH_PEOPLE": str(PEOPLE),
            "STRIPE_SECRET_KEY": "sk_test_bench",
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "SECRET_KEY": "x" * 40,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'bench'}",
        }

    def __enter__(self) -> None:
        command = ("gunicorn", f"--bind=127.0.0.1:{PORT}", "--worker-class=gthread", "--workers=2", "--threads=64")
        more = ("--backlog=512", "--keep-alive=60", "--log-level=error", "--no-control-socket", "hot_app:app")
        self._process = subprocess.Popen([sys.executable, "-m", *command, *more], env=self._environment, cwd=ROOT)
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                asyncio.run(one_hello())
            except OSError:
                time.sleep(0.2)
            else:
                return

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


async def one_hello() -> None:
    """Ask once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


def hello_request(_number: int) -> bytes:
    """Return the bytes of a hello."""
    return b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"


def pledge_request(path: str) -> Callable[[int], bytes]:
    """Return what makes the bytes of a pledge."""
    return lambda number: f"POST /{path}/{number} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode()


def webhook_request(number: int) -> bytes:
    """Return the bytes of an event, signed; one in ten came before."""
    number -= number % 10 == 9
    card = {
        "id": f"cs_test_{number}",
        "object": "checkout.session",
        "metadata": {"pledge": "x" * 73},
        "fill": "y" * 900,
    }
    body = json.dumps(
        {
            "id": f"evt_{number}",
            "object": "event",
            "type": "checkout.session.completed",
            "created": int(time.time()),
            "livemode": False,
            "api_version": "2026-08-26.dahlia",
            "data": {"object": card},
        }
    )
    stamp = int(time.time())
    mac = hmac.new(SECRET.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    head = (
        "POST /webhooks/stripe HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nContent-Type: application/json\r\n"
        f"Stripe-Signature: t={stamp},v1={mac}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


async def storm(path: str, seconds: float, *, first: int = 0, clients: int = CLIENTS) -> dict[str, float]:
    """Let every client ask again and again; return how many were answered a second, and how long they waited.

    first: number of the first request; those of pledges are people.
    """
    make = {
        "hello": hello_request,
        "hello again": hello_request,
        "webhook": webhook_request,
    }.get(path) or pledge_request(path)
    until, waits, statuses, numbers = time.monotonic() + seconds, [], Counter(), iter(range(first, 10**9))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        while (begun := time.monotonic()) < until:
            writer.write(make(next(numbers)))
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            waits.append(time.monotonic() - begun)
            statuses[head[9:12].decode()] += 1
            if b"connection: close" in head.lower():
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.close()

    begun = time.monotonic()
    await asyncio.gather(*(client() for _ in range(clients)))
    waits.sort()
    return {
        "per_second": round(len(waits) / (time.monotonic() - begun), 1),
        "p50_ms": round(waits[len(waits) // 2] * 1000),
        "p99_ms": round(waits[int(len(waits) * 0.99)] * 1000),
        **dict(statuses),
    }


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 12.0)
