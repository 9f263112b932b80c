"""Commands about proofs of residence: replacing a key."""

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from marketplace.core.sealing import Keyring, Unsealable
from marketplace.residency import upkeep
from marketplace.runtime import Runtime

proofs = AppGroup("proofs", help="Proofs of residence that wait for a person.")


@proofs.command("replace-key")
@with_appcontext
def replace_key() -> None:
    """Wrap what waits with the newest of PROOF_KEYS; afterwards the older ones may go."""
    wired: Runtime = current_app.extensions["mitoyen"]
    keyring = Keyring(wired.config.proof_keys, wired.config.proof_pepper)
    try:
        while wired.database.in_transaction(lambda session: upkeep.replace_keys(session, keyring=keyring)):
            pass
    except Unsealable as error:
        raise click.ClickException(f"PROOF_KEYS lacks a key that is still needed: {error}.") from error
    click.echo(f"Everything that waits is wrapped with key {keyring.newest}.")
