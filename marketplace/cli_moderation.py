"""`flask moderation competence`: which départements an administrator decides in."""

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.cli_context import runtime
from marketplace.moderation import desk

moderation = AppGroup("moderation", help="Who reads what.")


@moderation.command("competence")
@click.argument("email")
@click.argument("departements", nargs=-1)
@with_appcontext
def competence(email: str, departements: tuple[str, ...]) -> None:
    """Say in which DEPARTEMENTS an administrator decides; none: everywhere."""

    def work(session: Session) -> None:
        found = queries.account_id_of(session, email)
        if found is None or not queries.person(session, found).is_administrator:
            raise click.ClickException(f"No administrator has the address {email}.")
        desk.set_competence(session, administrator_id=found, departements=departements)

    runtime().database.in_transaction(work)
    click.echo(f"{email} decides in {', '.join(sorted(set(departements))) or 'every département'}.")
