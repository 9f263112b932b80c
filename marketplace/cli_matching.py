"""`flask matching`: is the eligibility index what the rules say; and filling it again."""

from functools import partial

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from marketplace.matching import bulk, checking
from marketplace.runtime import Runtime

matching = AppGroup("matching", help="The eligibility index.")


def _runtime() -> Runtime:
    wired: Runtime = current_app.extensions["mitoyen"]
    return wired


@matching.command("check")
@with_appcontext
def check() -> None:
    """Compile every published rule and compare; print what differs, exit 1 when something does. Changes nothing."""
    with _runtime().database.reading() as session:
        found = [str(one) for one in checking.differences(session)]
    for line in found:
        click.echo(line)
    click.echo(f"{len(found)} differences")
    if found:
        raise click.exceptions.Exit(1)


@matching.command("rebuild")
@click.option("--whole", is_flag=True, help="Empty the index and fill it again, rather than mend what differs.")
@with_appcontext
def rebuild(*, whole: bool) -> None:
    """Make the index what the published rules say; print what was wrong, or how many rows were written."""
    database = _runtime().database
    if whole:
        click.echo(f"{database.in_transaction(bulk.rebuild)} rows written")
        return
    with database.reading() as session:
        suspects = list(checking.differences(session))
    wrong = [str(one) for one in suspects if database.in_transaction(partial(checking.mend, found=one))]
    for line in wrong:
        click.echo(line)
    click.echo(f"{len(wrong)} differences mended")
