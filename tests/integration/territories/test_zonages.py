"""Bassins de vie and zones d'emploi from a table of INSEE: what is loaded, what is said, what is refused."""

import pytest
from sqlalchemy import func, select, update

from marketplace.locality.zones import ZoneError, compile_zone
from marketplace.territories import geography, loader, queries, zonages
from marketplace.territories.atlas import atlas
from marketplace.territories.errors import ZonagesUnreadable
from marketplace.territories.models import Territory, TerritoryClosure, TerritoryRelease, TerritoryZonage

TABLE = """Table d'appartenance géographique des communes au 01/01/2026
Source : INSEE

CODGEO;LIBGEO;DEP;BV2022;LIBBV2022;ZE2020;LIBZE2020
86194;Poitiers;86;86194;Poitiers;7502;Poitiers
86041;Buxerolles;86;86194;Poitiers;7502;Poitiers
86070;Chauvigny;86;86070;Chauvigny;7502;Poitiers
16386;Touzac;16;16102;Cognac;7501;Cognac
16204;Bellevigne;16;16102;Cognac;7501;Cognac
99999;Nulle part;99;86194;Poitiers;7502;Poitiers
97502;Saint-Pierre;975;;;;
"""


@pytest.fixture
def bring(session, tmp_path):
    """Import a table; return the report."""

    def run(content=TABLE, **options):
        path = tmp_path / "areas.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return zonages.import_zonages(session, path, **options)

    return run


def compiled(session, kind, *codes):
    return compile_zone({"op": kind, "codes": list(codes)}, atlas(session))


def test_units_are_loaded_with_their_communes_of_today(bring, session):
    report = bring()

    assert not report.already_there
    assert report.kinds == {"bassin_de_vie": ("BV2022", 3, 4, 34_965), "zone_emploi": ("ZE2020", 2, 4, 34_965)}
    assert (report.unknown, report.unused) == (("99999",), ("DEP",))
    assert compiled(session, "bassin_de_vie", "86194") == {"86194", "86041"}
    assert compiled(session, "zone_emploi", "7501", "7502") == {"86194", "86041", "86070", "16204"}
    assert queries.members(session, "bassin_de_vie", "16102") == {"16204"}
    poitiers = queries.place(session, "bassin_de_vie", "86194")
    assert (poitiers.name, poitiers.population) == (
        "Poitiers",
        sum(queries.commune(session, code).population for code in ("86194", "86041")),
    )
    with pytest.raises(ZoneError, match="unknown_code"):
        compiled(session, "bassin_de_vie", "75056")


def test_the_same_file_again_changes_nothing(bring, session):
    bring()
    rows = session.scalar(select(func.count()).select_from(TerritoryClosure))
    stored = session.scalars(select(TerritoryZonage.sha256).order_by(TerritoryZonage.kind)).all()

    report = bring()

    assert report.already_there
    assert next(report.lines()).startswith("zonages: already imported, nothing to do")
    assert session.scalar(select(func.count()).select_from(TerritoryClosure)) == rows
    assert session.scalars(select(TerritoryZonage.sha256).order_by(TerritoryZonage.kind)).all() == stored


def test_another_file_takes_the_place_of_the_first(bring, session):
    bring()

    bring("CODGEO,BV2022\n86194,86194\n86070,86194\n")

    assert compiled(session, "bassin_de_vie", "86194") == {"86194", "86070"}
    assert queries.place(session, "bassin_de_vie", "86194").name == "Bassin de vie 86194"
    assert queries.place(session, "bassin_de_vie", "86070") is None
    with pytest.raises(ZoneError, match="unknown_code"):
        compiled(session, "bassin_de_vie", "86070")
    # The file says nothing of zones d'emploi: they stay.
    assert len(compiled(session, "zone_emploi", "7502")) == 3
    gone = select(Territory.valid_to).where(Territory.kind == "bassin_de_vie", Territory.code == "86070")
    assert session.scalar(gone) is not None


def test_a_dry_run_writes_nothing(bring, session):
    report = bring(dry_run=True)

    assert list(report.lines())[1:] == [
        "  bassin_de_vie (BV2022): 3 units, 4 communes, 34965 communes of today have none",
        "  zone_emploi (ZE2020): 2 units, 4 communes, 34965 communes of today have none",
        "  columns not read: DEP",
        "  1 codes are no commune's: 99999",
    ]
    assert session.scalar(select(func.count()).select_from(TerritoryZonage)) == 0
    assert session.scalar(select(func.count()).where(Territory.kind == "bassin_de_vie")) == 0


@pytest.mark.untimed
def test_importing_the_release_again_leaves_them_alone(bring, session):
    bring()
    # As if the importer had changed: everything is compared.
    session.execute(update(TerritoryRelease).values(fingerprint="of before"))

    report = loader.import_release(session)

    assert not report.already_there
    assert report.vanished == ()
    assert len(compiled(session, "zone_emploi", "7502")) == 3


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n\n\n",
        "DEP;BV2022\n86;86194\n",
        "CODGEO;DEP\n86194;86\n",
        "not a table at all",
        b"\xff\xfe\x00\x01" * 50,
        b"\0" * 200,
        "CODGEO;BV2022\n" + '"' + "x" * 200_000 + "\n",
    ],
)
def test_what_is_no_such_table_is_refused_and_nothing_is_written(content, bring, session):
    with pytest.raises(ZonagesUnreadable):
        bring(content)

    assert session.scalar(select(func.count()).where(Territory.kind == "bassin_de_vie")) == 0


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode("utf-8-sig"),
        TABLE.encode("cp1252"),
        TABLE.replace(";", "\t").encode(),
        TABLE.replace(";", ",").encode(),
        TABLE.replace("\n", "\r\n").encode(),
        "\n".join('"' + line.replace(";", '";"') + '"' for line in TABLE.splitlines()).encode(),
    ],
)
def test_tables_come_in_many_dialects(content, session):
    sheet = zonages.parse(content, geography.geography(session))

    assert sheet.zonages["bassin_de_vie"].units["86194"] == {"86194", "86041"}
    assert sheet.zonages["zone_emploi"].names["7501"] == "Cognac"


def test_the_latest_year_is_read_where_there_are_two(session):
    sheet = zonages.parse(b"CODGEO;BV2012;BV2022\n86194;1;2\n", geography.geography(session))

    assert sheet.zonages["bassin_de_vie"].column == "BV2022"
    assert sheet.zonages["bassin_de_vie"].units == {"2": {"86194"}}
    assert sheet.unused == ("BV2012",)
