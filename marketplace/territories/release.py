"""The files of a release: what its manifest promises, and their rows. Built once a year by maintainers."""

import csv
import gzip
import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.territories.errors import ReleaseCorrupted

DATA = Path(__file__).parent / "data"
CURRENT = "fr-2026"
# Part of the fingerprint: raise it when the importer or the search keys change, so that databases are imported again.
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What a release says of itself. files: name → SHA-256 of the tables; geo: the same of the maps."""

    name: str
    country: str
    released_on: date
    title: str
    attribution: str
    sources: list[dict[str, Any]]
    files: dict[str, str]
    geo: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """What tells this content from any other, as read by this version of the program."""
        return hashlib.sha256(json.dumps([FORMAT, sorted(self.files.items())]).encode()).hexdigest()


def read_manifest(directory: Path) -> Manifest:
    """Read `release.json` of a release. Raises ReleaseCorrupted when there is none."""
    try:
        content = json.loads((directory / "release.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ReleaseCorrupted(directory.name) from error
    return Manifest(
        released_on=date.fromisoformat(content["released_on"]),
        **{key: content[key] for key in ("name", "country", "title", "attribution", "sources", "files", "geo")},
    )


@cache
def current() -> Manifest:
    """Return the manifest of the release this program ships; read once."""
    return read_manifest(DATA / CURRENT)


def verify(directory: Path, manifest: Manifest) -> None:
    """Compare the tables of a release with its manifest. Raises ReleaseCorrupted with the name of the first misfit."""
    for name, expected in manifest.files.items():
        path = directory / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise ReleaseCorrupted(name)


def rows(directory: Path, table: str) -> list[dict[str, str]]:
    """Return the rows of a table; an empty string is an absent value."""
    with gzip.open(directory / f"{table}.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        names, *lines = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    return [dict(zip(names, line, strict=True)) for line in lines]
