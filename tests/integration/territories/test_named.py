"""Named territories: what lines name, who may use one, and what it is when communes change."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from marketplace.core.errors import NotFound, Refused
from marketplace.locality.zones import ZoneError, compile_zone
from marketplace.territories import named, services
from marketplace.territories.atlas import atlas

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLAIN = (("commune", "86041"), ("commune", "86194"))


@pytest.fixture
def create(session):
    """Name a territory; return its id."""

    def one(name="Vallée du Clain", members=CLAIN):
        return services.create(session, name=name, note="Charte", members=members, administrator_id=uuid4(), now=NOW)

    return one


@pytest.fixture
def compiled(session):
    return lambda *ids: compile_zone({"op": "projet", "codes": [str(one) for one in ids]}, atlas(session))


@pytest.mark.parametrize(
    ("line", "member"),
    [
        ("Poitiers", ("commune", "86194")),
        ("  poitiers (vienne) ", ("commune", "86194")),
        ("86194", ("commune", "86194")),
        ("86000", ("commune", "86194")),
        ("2a004", ("commune", "2A004")),
        ("75112", ("commune", "75056")),  # Paris 12e
        ("75012", ("commune", "75056")),
        ("16129", ("commune", "16204")),  # merged
        ("Touzac (Bellevigne)", None),
        ("Communauté urbaine du Grand Poitiers", ("epci", "200069854")),
        ("grand poitiers", ("epci", "200069854")),
        ("200 069 854", ("epci", "200069854")),
        ("Est Ensemble", ("ept", "200057875")),
        ("200057875", ("ept", "200057875")),
        ("Redon", ("commune", "35236")),
        ("123456789", None),
        ("Communauté", None),
        ("☃", None),
        ("x" * 5_000, None),
        ("0" * 5, None),
        ("\u0661\u0661\u0661\u0661\u0661", None),
    ],
)
def test_what_a_line_names(line, member, session):
    members, faults = named.read_lines(session, line)

    assert members == ((member,) if member else ())
    assert [fault.line for fault in faults] == ([] if member else [1])


def test_lines_keep_their_numbers_and_blank_ones_are_passed_over(session):
    members, faults = named.read_lines(session, "\n\nPoitiers\r\n\r\nNulle-Part\r\nPoitiers\nRedon\n")

    assert members == (("commune", "86194"), ("commune", "35236"))
    assert [(fault.line, fault.typed) for fault in faults] == [(5, "Nulle-Part")]


def test_namesakes_are_told_apart_by_their_departement(session):
    _members, (fault,) = named.read_lines(session, "Saint-Denis")

    assert len(fault.candidates) > 1
    for label in fault.candidates:
        members, faults = named.read_lines(session, label)
        assert (len(members), faults) == (1, ())


def test_a_number_may_be_a_code_of_one_and_the_post_of_others(session):
    _members, (fault,) = named.read_lines(session, "17300")

    assert "La Rochelle – 17300" in fault.candidates
    assert "Rochefort – 17299" in fault.candidates
    assert named.read_lines(session, "\n".join(fault.candidates))[0] == (
        ("commune", "17299"),
        ("commune", "17300"),
        ("commune", "17463"),
    )


def test_a_rule_may_use_it_until_it_is_retired(create, compiled, session):
    clain, redon = create(), create("Pays de Redon", (("epci", "243500741"),))
    assert compiled(clain) == {"86041", "86194"}
    assert len(compiled(clain, redon)) == 33

    services.retire(session, territory_id=redon, administrator_id=uuid4(), now=NOW)

    assert compiled(clain) == {"86041", "86194"}
    with pytest.raises(ZoneError, match="unknown_projet"):
        compiled(clain, redon)


def test_it_costs_one_statement_more(create, session, statements):
    zone = {"op": "projet", "codes": [str(create())]}
    compile_zone(zone, atlas(session))

    with statements.sent(1):
        compile_zone(zone, atlas(session))
    with statements.sent(2):
        named.overviews(session)


def test_an_intercommunality_that_is_no_more_is_said(create, compiled, session):
    territory_id = create(members=(*CLAIN, ("epci", "243500741")))
    session.execute(text("UPDATE custom_territory_member SET code = '999999999' WHERE kind = 'epci'"))

    overview = named.overview(session, named.named(session, territory_id))

    assert overview.gone == ("999999999",)
    assert overview.members == ("Buxerolles (Vienne)", "Poitiers (Vienne)")
    assert (overview.largest, len(overview.communes)) == ("86194", 2)
    assert compiled(territory_id) == {"86041", "86194"}


@pytest.mark.parametrize("members", [(), (("commune", "99999"),), (("epci", "999999999"),), (("canton", "86"),)])
def test_it_must_have_communes(members, create, session):
    with pytest.raises(Refused, match="projet_empty"):
        create(members=members)

    assert named.listed(session) == ()


def test_an_unknown_one_cannot_be_read_or_retired(session):
    with pytest.raises(NotFound):
        named.named(session, uuid4())
    with pytest.raises(NotFound):
        services.retire(session, territory_id=uuid4(), administrator_id=uuid4(), now=NOW)
