"""`python -m marketplace.prepare`: all that must be there before the first page, in a database that may be empty.

Says on standard error what takes long, and on standard output who may sign in.
"""

import socket
import sys
import time

import click
from sqlalchemy import exists, select
from sqlalchemy.orm import sessionmaker

from config import Config
from marketplace import demo
from marketplace.accounts.models import Account
from marketplace.core import clock, migrate
from marketplace.core.db import Database, make_engine
from marketplace.demo import clocks
from marketplace.matching.services import follow_release
from marketplace.payments.stripe_gateway import StripeGateway
from marketplace.territories import loader

WEBHOOK_PATH = "/webhooks/stripe"
_SANDBOX_WAIT = 20.0


def main() -> int:
    """Prepare everything; return the exit status."""
    config = Config.from_environment()
    database = Database(make_engine(config.database_url, pool_size=1))
    gateway = StripeGateway.from_config(config)
    try:
        _refuse_another_time(database)
        migrate.upgrade(database.engine)
        _import_territories(database)
        if config.demonstration:
            _listen_to_sandbox(config, gateway)
            clocks.bring_together(database, str(config.stripe_api_base))
            _fill_if_empty(database, gateway)
        database.in_transaction(follow_release)
    finally:
        database.engine.dispose()
    if config.demonstration:
        _tell_accounts()
    return 0


def _refuse_another_time(database: Database) -> None:
    """Stop where this machine and the database disagree on the time: deadlines would be judged by two clocks."""
    with database.reading() as session:
        skew = clock.skew(session)
    if skew > clock.TOLERATED_SKEW:
        sys.exit(
            f"L’horloge de cette machine et celle de la base diffèrent de {skew.total_seconds():.0f} s.\n"
            f"This machine's clock and the database's differ by {skew.total_seconds():.0f} s."
        )


def _import_territories(database: Database) -> None:
    if not loader.is_imported(database.engine):
        _progress("Communes, départements, régions…")
        loader.import_release(database.engine)


def _listen_to_sandbox(config: Config, gateway: StripeGateway) -> None:
    """Have the embedded sandbox deliver its events to this copy, and keep the secret that signs them.

    The site answers on the loopback address whatever name the world knows it by. Raises Unavailable.
    """
    _await(config.port + 1)
    url = f"http://127.0.0.1:{config.port}{WEBHOOK_PATH}"
    if config.stripe_webhook_secret and gateway.has_webhook(url):
        return  # a new endpoint would lose the events that the old one still has to deliver
    secret = gateway.register_webhook(url)
    config.signing_secret_file.touch(mode=0o600)
    config.signing_secret_file.write_text(secret, encoding="ascii")


def _await(port: int) -> None:
    """Wait for a program that was started a moment ago, for a while; who calls it next says if it is not there."""
    deadline = time.monotonic() + _SANDBOX_WAIT
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _fill_if_empty(database: Database, gateway: StripeGateway) -> None:
    """Write the demonstration into a database that has no account: all of it or nothing, should it be interrupted."""
    with database.reading() as session:
        if session.scalar(select(exists(select(Account.id)))):
            return
    _progress("Comptes et campagnes de démonstration…")
    with database.engine.begin() as connection:
        sessions = sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        demo.seed(Database(database.engine, sessions), gateway)


def _progress(text: str) -> None:
    click.echo(text, err=True)


def _tell_accounts() -> None:
    for account in demo.ACCOUNTS:
        click.echo(f"  {account.email:<34} {account.password:<16} {account.role}")


if __name__ == "__main__":
    sys.exit(main())
