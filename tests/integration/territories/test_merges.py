"""A year later, communes have merged: nobody is out of a zone that they were in."""

import csv
import gzip
import hashlib
import io
import json
import random
from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from marketplace.locality.zones import compile_zone
from marketplace.territories import geography, loader, named, services, zonages
from marketplace.territories.atlas import atlas, forward
from marketplace.territories.release import CURRENT, DATA
from tests.integration.territories import oracle

MERGERS = 400
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AREAS = "CODGEO;BV2022;ZE2020\n86194;86194;7502\n86041;86194;7502\n86070;86070;7502\n"


def mergers(dice):
    """Return who is taken over by whom: neighbours of one intercommunality and one département."""
    communes, taken, busy = oracle.communes(), {}, set()
    pairs = [(line["a"], line["b"]) for line in oracle.lines("adjacency")]
    dice.shuffle(pairs)
    for a, b in [("86194", "86041"), *pairs]:
        if len(taken) == MERGERS:
            break
        alike = all(communes[a][key] == communes[b][key] for key in ("epci", "ept", "arr", "dep"))
        if alike and not {a, b} & busy:
            taken[b] = a
            busy |= {a, b}
    return taken


def after(taken):
    """Return the tables of the release with the mergers made."""
    now = {code: taken.get(code, code) for code in oracle.communes()}
    joining = Counter()
    for gone, a in taken.items():
        joining[a] += int(oracle.communes()[gone]["population"] or 0)
    territory = []
    for line in oracle.lines("territory"):
        if line["kind"] == "commune":
            if line["code"] in taken:
                continue
            territory.append({**line, "population": str(int(line["population"] or 0) + joining[line["code"]])})
        else:
            territory.append({**line, "parent": now.get(line["parent"], line["parent"])})
    borders = {}
    for line in oracle.lines("adjacency"):
        a, b = sorted((now[line["a"]], now[line["b"]]))
        if a != b:
            borders[a, b] = borders.get((a, b), 0) + int(line["border_m"])
    postal = {(line["postal"], now.get(line["code"], line["code"])) for line in oracle.lines("postal")}
    old = {line["old"]: now[line["new"]] for line in oracle.lines("old_codes")} | taken
    return {
        "territory": territory,
        "adjacency": [{"a": a, "b": b, "border_m": str(metres)} for (a, b), metres in sorted(borders.items())],
        "postal": [{"postal": code, "code": commune} for code, commune in sorted(postal)],
        "old_codes": [{"old": code, "new": commune} for code, commune in sorted(old.items())],
    }


def publish(folder, tables):
    """Write a release of the next year; return its name."""
    release = folder / "fr-2027"
    release.mkdir()
    files = {}
    for name, rows in tables.items():
        cells = io.StringIO()
        writer = csv.DictWriter(cells, rows[0].keys(), delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        packed = gzip.compress(cells.getvalue().encode(), compresslevel=1, mtime=0)
        (release / f"{name}.tsv.gz").write_bytes(packed)
        files[f"{name}.tsv.gz"] = hashlib.sha256(packed).hexdigest()
    manifest = json.loads((DATA / CURRENT / "release.json").read_text(encoding="utf-8"))
    manifest |= {"name": release.name, "released_on": "2027-01-01", "files": files}
    (release / "release.json").write_text(json.dumps(manifest), encoding="utf-8")
    return release.name


def zones(dice):
    """Return zones of every kind, and whether widening what they are made of can only widen them."""
    codes = dice.sample(sorted(oracle.communes()), 60)
    lonely = [{"op": "commune", "codes": [code]} for code in codes]
    for zone in lonely:
        yield zone, True
        for level in ("epci", "departement", "region"):
            yield {"op": "up", "of": zone, "level": level}, True
        for level in ("commune", "epci", "departement"):
            yield {"op": "near", "of": zone, "level": level, "steps": dice.randint(1, 3)}, True
    for number, code in enumerate(codes):
        if oracle.place(code):
            yield {"op": "within", "around": code, "km": dice.uniform(1, 50)}, False
        epci = {"op": "up", "of": lonely[number], "level": "epci"}
        near = {"op": "near", "of": lonely[(number + 1) % 60], "level": "commune", "steps": 3}
        yield {"op": "difference", "of": [epci, lonely[number]]}, False
        yield {"op": "intersection", "of": [epci, near]}, False
    yield {"op": "france"}, True


@pytest.mark.untimed
def test_nobody_is_out_of_a_zone_because_their_commune_merged(session, tmp_path):
    dice = random.Random(86194)
    (tmp_path / "areas.csv").write_text(AREAS, encoding="utf-8")
    zonages.import_zonages(session, tmp_path / "areas.csv")
    territory_id = services.create(
        session,
        name="Vallée du Clain",
        note="Charte",
        members=[("commune", "86041"), ("epci", "243500741")],
        administrator_id=uuid4(),
        now=NOW,
    )
    chosen = [
        *zones(dice),
        ({"op": "bassin_de_vie", "codes": ["86194"]}, True),
        ({"op": "projet", "codes": [str(territory_id)]}, True),
    ]
    before = atlas(session)
    frozen = [compile_zone(zone, before) for zone, _widens in chosen]
    taken = mergers(dice)
    assert len(taken) == MERGERS

    report = loader.import_release(session, publish(tmp_path, after(taken)), data=tmp_path)

    assert len(report.vanished) == MERGERS
    here = atlas(session)
    assert len(here.everything()) == len(oracle.communes()) - MERGERS
    for (zone, widens), communes in zip(chosen, frozen, strict=True):
        today = forward(session, communes)
        assert today == {taken.get(code, code) for code in communes}
        assert today <= here.everything()
        assert before.inhabitants(communes) <= here.inhabitants(today)
        if widens:
            assert today <= compile_zone(zone, here), zone
    assert compile_zone({"op": "commune", "codes": ["86041"]}, here) == {"86194"}
    assert compile_zone({"op": "bassin_de_vie", "codes": ["86194"]}, here) == {"86194"}
    (overview,) = named.overviews(session)
    assert "Poitiers (Vienne)" in overview.members
    assert overview.gone == ()


def test_a_commune_that_took_others_over_may_go_in_its_turn(session):
    session.execute(text("UPDATE territory SET valid_to = '2027-01-01' WHERE kind = 'commune' AND code = '16204'"))
    session.execute(
        text(
            "INSERT INTO territory_alias (country, old_code, territory_id, reason)"
            " SELECT 'FR', '16204', id, 'cog' FROM territory WHERE kind = 'commune' AND code = '16102'"
        )
    )

    here = geography.read(session, CURRENT)

    for code in ("16129", "16386", "16204"):
        assert here.today(code) == "16102"
    assert here.today("16102") == "16102"


def test_codes_that_only_lead_to_one_another_lead_nowhere(session):
    for old, new in (("16204", "16102"), ("16102", "16204")):
        session.execute(
            text(
                "INSERT INTO territory_alias (country, old_code, territory_id, reason)"
                " SELECT 'FR', :old, id, 'cog' FROM territory WHERE kind = 'commune' AND code = :new"
            ),
            {"old": old, "new": new},
        )
    gone = "UPDATE territory SET valid_to = '2027-01-01' WHERE kind = 'commune' AND code IN ('16204', '16102')"
    session.execute(text(gone))

    here = geography.read(session, CURRENT)

    assert here.today("16204") is here.today("16102") is None
