import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from marketplace.territories import release
from marketplace.territories.errors import ReleaseCorrupted

ROOT = Path(__file__).resolve().parents[3]


def test_every_file_of_the_release_is_the_one_its_manifest_describes():
    directory = release.DATA / release.CURRENT
    manifest = release.read_manifest(directory)

    release.verify(directory, manifest)

    assert set(manifest.files) == {path.name for path in directory.glob("*.tsv.gz")}
    assert manifest.released_on == date(2026, 1, 1)


def test_every_map_is_the_one_the_manifest_describes():
    maps = ROOT / "static" / "geo" / release.CURRENT
    found = {
        path.relative_to(maps).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in maps.rglob("*")
        if path.is_file()
    }

    assert found == release.current().geo
    assert len(found) == 104


def test_every_source_names_its_licence_and_its_last_update():
    sources = release.current().sources

    assert {source["producer"] for source in sources} == {"INSEE", "La Poste", "IGN", "DILA"}
    assert all(source["licence"] == "Licence Ouverte 2.0" and source["updated"] for source in sources)
    notice = (release.DATA / "LICENCE.md").read_text(encoding="utf-8")
    assert all(source["producer"] in notice for source in sources)


def test_a_changed_file_is_noticed(tmp_path):
    (tmp_path / "release.json").write_text(
        json.dumps(
            {
                **dict.fromkeys(("name", "country", "title", "attribution"), ""),
                "released_on": "2026-01-01",
                "sources": [],
                "geo": {},
                "files": {"postal.tsv.gz": hashlib.sha256(b"good").hexdigest()},
            }
        )
    )
    manifest = release.read_manifest(tmp_path)
    (tmp_path / "postal.tsv.gz").write_bytes(b"good")
    release.verify(tmp_path, manifest)

    (tmp_path / "postal.tsv.gz").write_bytes(b"bad")

    with pytest.raises(ReleaseCorrupted, match=r"postal\.tsv\.gz"):
        release.verify(tmp_path, manifest)


def test_a_folder_without_manifest_is_no_release(tmp_path):
    with pytest.raises(ReleaseCorrupted):
        release.read_manifest(tmp_path / "fr-1789")
