"""`flask locality`: verifying an attestation, and giving its keys their turn."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from marketplace.cli_context import now, runtime
from marketplace.cli_locality import locality
from marketplace.core.signing import KeyRing, PublicKey, SealBroken, open_sealed
from marketplace.pledges import attestation

__all__ = ["locality"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@locality.command("verify-attestation")
@click.argument("file", type=_FILE)
@click.option("--keys", type=_FILE, help="Public keys, as /attestations/cles.json; those of this installation if left.")
@click.option("--against-database", is_flag=True, help="Also compare its terms and its chain with this database.")
@with_appcontext
def verify_attestation(file: Path, keys: Path | None, *, against_database: bool) -> None:
    """Verify the signature of FILE, print what it states as JSON.

    Exit status: 0 it holds, 1 it does not (the reason is said), 2 the file cannot be read.
    """
    try:
        known = [PublicKey.from_json(key) for key in _json(keys)] if keys else _ring().public_keys()
        stated = open_sealed(_json(file), known)
    except SealBroken as error:
        raise click.ClickException(f"{error.code}: this attestation cannot be trusted") from error
    if against_database:
        with runtime().database.reading() as session:
            holds = attestation.still_holds(session, stated)
        if not holds:
            raise click.ClickException("not_this_history: the signature is good, the database says something else")
    click.echo(json.dumps(stated, ensure_ascii=False, indent=2))


@locality.command("rotate-key")
@with_appcontext
def rotate_key() -> None:
    """Sign with a new key from now on; what older keys signed stays verifiable, their private halves are deleted."""
    click.echo(_ring().rotate(now=now()).id)


def _ring() -> KeyRing:
    return KeyRing(runtime().config.attestation_keys)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path}: not JSON ({error})") from error
