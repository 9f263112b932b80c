"""Commands of `flask --app marketplace.app`: database, territories, worker, checks, roles."""

import json
import logging
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click
import procrastinate
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.orm import Session

from marketplace import demo, invariants
from marketplace.accounts import services as accounts
from marketplace.cli_attestations import locality
from marketplace.cli_context import now as _now
from marketplace.cli_context import runtime as _runtime
from marketplace.cli_matching import matching
from marketplace.cli_moderation import moderation
from marketplace.cli_residence import proofs
from marketplace.core import migrate
from marketplace.core.errors import MitoyenError
from marketplace.core.pauses import settle_in
from marketplace.matching import alerts
from marketplace.matching.services import follow_release
from marketplace.payments.stripe_gateway import StripeGateway
from marketplace.territories import loader
from marketplace.territories.zonages import import_zonages

db = AppGroup("db", help="The database's schema.")
territories = AppGroup("territories", help="Communes, intercommunalities, départements, régions.")
people = AppGroup("accounts", help="People and roles.")


def install(app: Flask) -> None:
    """Add the commands to the application."""
    for command in (db, territories, people, locality, matching, proofs, moderation, worker, check, seed):
        app.cli.add_command(command)


@db.command("upgrade")
@click.argument("revision", default="head")
@with_appcontext
def upgrade(revision: str) -> None:
    """Bring the schema to a revision, the newest by default."""
    migrate.upgrade(_runtime().database.engine, revision)


@db.command("downgrade")
@click.argument("revision")
@with_appcontext
def downgrade(revision: str) -> None:
    """Bring the schema back to a revision."""
    migrate.downgrade(_runtime().database.engine, revision)


@db.command("current")
@with_appcontext
def current() -> None:
    """Print the revision of the schema."""
    click.echo(migrate.current(_runtime().database.engine) or "empty")


@territories.command("import")
@click.option("--release", default="fr-2026", show_default=True, help="Folder of the release.")
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@click.option(
    "--zonages",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="INSEE's table of bassins de vie and zones d'emploi, as CSV; read after the release.",
)
@with_appcontext
def import_territories(release: str, zonages: Path | None, *, dry_run: bool) -> None:
    """Bring the territories to a release; safe to run again."""
    report, listed = _runtime().database.in_transaction(partial(_import, release=release, dry_run=dry_run))
    for line in report.lines():
        click.echo(line)
    if listed:
        click.echo(f"  campaigns listed anew: {listed}")
    if zonages is not None:
        try:
            areas = import_zonages(_runtime().database.engine, zonages, dry_run=dry_run)
        except MitoyenError as error:
            raise click.ClickException(f"{zonages}: {error}") from error
        for line in areas.lines():
            click.echo(line)


def _import(session: Session, *, release: str, dry_run: bool) -> tuple[loader.ImportReport, int]:
    """Import a release and, in the same transaction, bring the index to its communes."""
    report = loader.import_release(session, release, dry_run=dry_run)
    if dry_run:
        return report, 0
    alerts.follow_release(session)
    return report, follow_release(session)


@people.command("grant-administrator")
@click.argument("email")
@with_appcontext
def grant_administrator(email: str) -> None:
    """Make an existing account an administrator."""
    try:
        _runtime().database.in_transaction(
            lambda session: accounts.grant_administrator(session, email=email, now=_now())
        )
    except MitoyenError as error:
        raise click.ClickException(f"No account has the address {email}.") from error
    click.echo(f"{email} is an administrator.")


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Run background tasks until stopped."""
    logging.basicConfig(level=logging.WARNING)
    queue: procrastinate.App = current_app.extensions["mitoyen_queue"]
    StripeGateway.from_config(_runtime().config).load()
    settle_in()
    with queue.open():
        queue.run_worker(
            concurrency=4, fetch_job_polling_interval=2.0, shutdown_graceful_timeout=5.0, delete_jobs="successful"
        )


@click.command("check")
@click.option("--as-json", is_flag=True, help="Print the findings as JSON.")
@with_appcontext
def check(*, as_json: bool) -> None:
    """Check every invariant of the database; exit 1 when one does not hold."""
    with _runtime().database.reading() as session:
        findings = invariants.check(session)
        stuck = invariants.stuck(session, _now())
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            mark = "BROKEN" if finding.examples else "ok"
            click.echo(f"{mark:7}{finding.milliseconds:8.1f} ms  {finding.name} {' | '.join(finding.examples)}")
        for waiting in stuck:
            click.echo(f"should have gone on a day ago: {waiting}")
    if any(finding.examples for finding in findings):
        raise click.exceptions.Exit(1)


@click.command("seed")
@with_appcontext
def seed() -> None:
    """Add the demonstration to an empty database."""
    demo.seed(_runtime().database, StripeGateway.from_config(_runtime().config), now=_now())
    click.echo(f"Demonstration added to {Path(_runtime().database.engine.url.database or '').name}.")
