"""Importing small releases of an invented country beside the real one, which stays as it is."""

import gzip
import hashlib
import json

import pytest
from sqlalchemy import func, select

from marketplace.territories import loader
from marketplace.territories.errors import ReleaseCorrupted, ReleaseOutdated
from marketplace.territories.models import (
    Territory,
    TerritoryAdjacency,
    TerritoryAlias,
    TerritoryClosure,
    TerritoryRelease,
    TerritorySearch,
)

COLUMNS = [
    *("kind", "code", "name", "article", "population", "lat", "lon", "point_src", "area_km2"),
    *("epci", "ept", "arr", "dep", "reg", "parent", "siren", "nature"),
]
ABOVE = {"arr": "100", "dep": "10", "reg": "1"}
TWO_THOUSAND = {
    "territory": [
        {"kind": "region", "code": "1", "name": "Nord", "parent": "101"},
        {"kind": "departement", "code": "10", "name": "Plaine", "article": "3", "reg": "1", "parent": "101"},
        {"kind": "arrondissement", "code": "100", "name": "Aville", "dep": "10", "reg": "1", "parent": "101"},
        {"kind": "epci", "code": "E1", "name": "Communauté de l'Eau", "siren": "1", "nature": "CC"},
        {"kind": "epci", "code": "E2", "name": "Communauté du Vent", "siren": "2", "nature": "CC"},
        {
            "kind": "commune",
            "code": "101",
            "name": "Aville",
            "population": "900",
            "lat": "46",
            "lon": "1",
            "epci": "E1",
        },
        {
            "kind": "commune",
            "code": "102",
            "name": "Bourg",
            "population": "80",
            "lat": "46.1",
            "lon": "1",
            "epci": "E1",
        },
        {"kind": "commune", "code": "103", "name": "Cité", "population": "7", "lat": "46.2", "lon": "1", "epci": "E2"},
        {"kind": "commune", "code": "104", "name": "Désert", "lat": "46.3", "lon": "1"},
        {
            "kind": "commune",
            "code": "105",
            "name": "L'Île",
            "article": "5",
            "population": "30",
            "lat": "46.5",
            "lon": "2",
        },
        {"kind": "deleguee", "code": "102", "name": "Vieux-Bourg", "parent": "102"},
    ],
    "postal": [{"postal": "10100", "code": "101"}, {"postal": "10200", "code": "102"}],
    "adjacency": [
        {"a": "101", "b": "102", "border_m": "5000"},
        {"a": "102", "b": "103", "border_m": "1200"},
        {"a": "103", "b": "104", "border_m": "80"},
    ],
    "old_codes": [{"old": "099", "new": "101"}],
}
HEADERS = {
    "territory": COLUMNS,
    "postal": ["postal", "code"],
    "adjacency": ["a", "b", "border_m"],
    "old_codes": ["old", "new"],
}


@pytest.fixture
def publish(tmp_path):
    """Write a release of the country ZZ and return its name."""

    def write(year, content):
        folder = tmp_path / f"zz-{year}"
        folder.mkdir(exist_ok=True)
        files = {}
        for name, rows in content.items():
            lines = ["\t".join(HEADERS[name])]
            for row in rows:
                cells = {**ABOVE, **row} if row.get("kind") == "commune" else row
                lines.append("\t".join(cells.get(column, "") for column in HEADERS[name]))
            packed = gzip.compress("\n".join([*lines, ""]).encode(), mtime=0)
            (folder / f"{name}.tsv.gz").write_bytes(packed)
            files[f"{name}.tsv.gz"] = hashlib.sha256(packed).hexdigest()
        manifest = {"name": folder.name, "country": "ZZ", "released_on": f"{year}-01-01", "title": "", "geo": {}}
        (folder / "release.json").write_text(json.dumps({**manifest, "attribution": "", "sources": [], "files": files}))
        return folder.name

    return write


@pytest.fixture
def bring(session, tmp_path):
    def run(release, **options):
        return loader.import_release(session, release, data=tmp_path, **options)

    return run


def _row(session, kind, code):
    return session.scalars(
        select(Territory)
        .where(Territory.country == "ZZ", Territory.kind == kind, Territory.code == code)
        .execution_options(populate_existing=True)
    ).one()


def _inside(session, outer):
    return set(
        session.scalars(
            select(Territory.code)
            .join(TerritoryClosure, TerritoryClosure.descendant_id == Territory.id)
            .where(TerritoryClosure.ancestor_id == outer.id, Territory.kind == "commune")
        )
    )


def _without(content, **removed):
    """Return a release without some rows: {table: codes or pairs}."""
    return {
        name: [row for row in rows if not removed.get(name, set()) & {row.get("code"), row.get("a"), row.get("b")}]
        for name, rows in content.items()
    }


def _count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_the_shipped_release_is_there_and_importing_it_again_does_nothing(session):
    report = loader.import_release(session)

    assert report.already_there
    assert loader.is_imported(session)
    assert list(report.lines()) == [f"fr-2026: already imported, nothing to do ({report.seconds:.2f} s)"]


def test_a_first_import(session, publish, bring):
    before = _count(session, TerritoryClosure)

    report = bring(publish(2000, TWO_THOUSAND))

    assert {name: change.added for name, change in report.tables.items()} == {
        "territory": 11,
        "alias": 1,
        # 11 of themselves; 5 communes in arrondissement, département and région, 3 of them in an EPCI; the part in its
        # commune and that one's four; the arrondissement in two, the département in one, two EPCI in two
        "closure": 11 + 15 + 3 + 5 + 2 + 1 + 4,
        "adjacency": 8,
        "postal": 2,
        "search": 5 + 1 + 1 + 1 + 2,
    }
    assert all(change.changed == change.removed == 0 for change in report.tables.values())
    assert _count(session, TerritoryClosure) == before + 41
    plain = _row(session, "departement", "10")
    assert plain.population == 1017
    assert (plain.sort_key, plain.valid_from.year, plain.valid_to) == ("plaine", 2000, None)
    assert _row(session, "commune", "104").population == 0
    assert _row(session, "commune", "104").unit_id == _row(session, "arrondissement", "100").id


def test_an_island_has_a_neighbour_across_the_sea(session, publish, bring):
    bring(publish(2000, TWO_THOUSAND))

    island, shore = _row(session, "commune", "105"), _row(session, "commune", "104")
    sea = select(TerritoryAdjacency.a_id, TerritoryAdjacency.b_id, TerritoryAdjacency.border_m).where(
        TerritoryAdjacency.via == "mer", TerritoryAdjacency.a_id.in_((island.id, shore.id))
    )
    assert set(session.execute(sea)) == {(island.id, shore.id, 0), (shore.id, island.id, 0)}


def test_a_second_import_of_a_release_compares_nothing(session, publish, bring):
    release = publish(2000, TWO_THOUSAND)
    bring(release)

    report = bring(release)

    assert report.already_there
    assert report.is_empty


def test_a_corrected_release_changes_only_what_differs(session, publish, bring):
    bring(publish(2000, TWO_THOUSAND))
    rows = [dict(row, name="Citadelle") if row["code"] == "103" else row for row in TWO_THOUSAND["territory"]]
    borders = [dict(row, border_m="81") if row["a"] == "103" else row for row in TWO_THOUSAND["adjacency"]]

    report = bring(publish(2000, {**TWO_THOUSAND, "territory": rows, "adjacency": borders}))

    changes = {name: (change.added, change.changed, change.removed) for name, change in report.tables.items()}
    assert changes == {
        "territory": (0, 1, 0),
        "alias": (0, 0, 0),
        "closure": (0, 0, 0),
        "adjacency": (0, 2, 0),
        "postal": (0, 0, 0),
        "search": (1, 0, 1),
    }
    assert _row(session, "commune", "103").name == "Citadelle"


def test_a_dry_run_says_what_would_change_and_changes_nothing(session, publish, bring):
    release = publish(2000, TWO_THOUSAND)

    report = bring(release, dry_run=True)

    assert report.tables["territory"].added == 11
    assert next(report.lines()).startswith("zz-2000: would change (")
    assert session.scalar(select(func.count()).where(Territory.country == "ZZ")) == 0
    assert session.scalar(select(func.count()).where(TerritoryRelease.country == "ZZ")) == 0
    assert not bring(release).already_there


def test_a_merger_keeps_the_row_and_the_number_of_the_commune_that_went(session, publish, bring):
    bring(publish(2000, TWO_THOUSAND))
    gone = _row(session, "commune", "103").id
    later = _without(TWO_THOUSAND, territory={"103"}, adjacency={"103"})
    later["adjacency"].append({"a": "102", "b": "104", "border_m": "80"})
    later["old_codes"] = [*later["old_codes"], {"old": "103", "new": "102"}]

    report = bring(publish(2001, later))

    assert report.vanished == ("commune 103 Cité",)
    assert report.tables["territory"].removed == 1
    kept = _row(session, "commune", "103")
    assert (kept.id, kept.valid_from.year, kept.valid_to.year) == (gone, 2000, 2001)
    alias = session.get_one(TerritoryAlias, ("ZZ", "103"))
    assert alias.territory_id == _row(session, "commune", "102").id
    assert session.scalar(select(func.count()).where(TerritorySearch.territory_id == gone)) == 0
    assert session.scalar(select(func.count()).where(TerritoryClosure.descendant_id == gone)) == 0
    assert session.scalar(select(func.count()).where(TerritoryAdjacency.a_id == gone)) == 0


def test_a_commune_that_comes_back_is_the_one_it_was(session, publish, bring):
    bring(publish(2000, TWO_THOUSAND))
    number = _row(session, "commune", "105").id
    bring(publish(2001, _without(TWO_THOUSAND, territory={"105"})))
    assert _row(session, "commune", "105").valid_to is not None

    bring(publish(2002, TWO_THOUSAND))

    back = _row(session, "commune", "105")
    assert (back.id, back.valid_from.year, back.valid_to) == (number, 2000, None)
    assert _inside(session, _row(session, "departement", "10")) == {"101", "102", "103", "104", "105"}


def test_a_commune_that_changes_its_epci(session, publish, bring):
    bring(publish(2000, TWO_THOUSAND))
    rows = [dict(row, epci="E2") if row["code"] == "102" else row for row in TWO_THOUSAND["territory"]]

    bring(publish(2001, {**TWO_THOUSAND, "territory": rows}))

    assert _inside(session, _row(session, "epci", "E1")) == {"101"}
    assert _inside(session, _row(session, "epci", "E2")) == {"102", "103"}
    assert _row(session, "commune", "102").unit_id == _row(session, "epci", "E2").id
    assert _row(session, "epci", "E2").population == 87


def test_an_earlier_release_is_refused(session, publish, bring):
    bring(publish(2001, TWO_THOUSAND))
    earlier = publish(2000, _without(TWO_THOUSAND, territory={"105"}))

    with pytest.raises(ReleaseOutdated, match="zz-2001"):
        bring(earlier)

    assert _row(session, "commune", "105").valid_to is None


def test_a_damaged_file_is_refused_before_anything_is_written(session, publish, bring, tmp_path):
    release = publish(2000, TWO_THOUSAND)
    (tmp_path / release / "postal.tsv.gz").write_bytes(gzip.compress(b"postal\tcode\n10100\t102\n"))

    with pytest.raises(ReleaseCorrupted, match=r"postal\.tsv\.gz"):
        bring(release)

    assert session.scalar(select(func.count()).where(Territory.country == "ZZ")) == 0


def test_an_unknown_release_is_refused(session, bring):
    with pytest.raises(ReleaseCorrupted, match="zz-1789"):
        bring("zz-1789")


def test_another_country_is_left_alone(session, publish, bring):
    bring(publish(2000, TWO_THOUSAND))
    no_commune = {
        "territory": TWO_THOUSAND["territory"][:5],
        "postal": [],
        "adjacency": [],
        "old_codes": [],
    }

    report = bring(publish(2001, no_commune))

    assert len(report.vanished) == 6
    assert loader.is_imported(session)
    # of France, and of the five that are left: themselves, the arrondissement in two, the département in one
    assert _count(session, TerritoryClosure) == 195_422 + 5 + 2 + 1
    assert _count(session, TerritoryAdjacency) == 204_460
    assert session.scalar(select(func.count()).where(Territory.country == "FR", Territory.valid_to.is_not(None))) == 0
