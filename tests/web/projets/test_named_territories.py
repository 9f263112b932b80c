"""An administrator names a territory, looks at it, and retires it."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from marketplace.core.audit import AuditEvent
from marketplace.territories import named
from marketplace.territories.models import CustomTerritory, CustomTerritoryMember
from marketplace.territories.named import MOST_LINES
from tests.web.pages import Reader, by_class, by_id, links, parse, text_of

LIST = "/territoires-de-projet"
NEW = f"{LIST}/nouveau"
CLAIN = {
    "name": "  Vallée   du Clain ",
    "note": "Charte de 2026, délibération du 3 mars.",
    "members": "Poitiers\n\n 86041 \nSaint-Benoît (Vienne)\nLigugé\nPOITIERS",
}


def stored(session):
    session.expire_all()
    return session.scalars(select(CustomTerritory).order_by(CustomTerritory.created_at)).all()


def members(session):
    rows = session.execute(
        select(CustomTerritoryMember.kind, CustomTerritoryMember.code).order_by(CustomTerritoryMember.code)
    )
    return [tuple(row) for row in rows]


@pytest.fixture
def clain(desk, session):
    """The id of a territory of four communes."""
    answer = desk.post(NEW, **CLAIN)
    assert answer.status_code == 303, answer.text
    return UUID(answer.location.rpartition("/")[2])


def test_the_list_says_that_there_is_none(desk):
    tree = desk.page(LIST)

    assert "Aucun territoire" in text_of(tree)
    assert links(tree)["Nouveau territoire"] == NEW


def test_communes_are_read_line_by_line_and_each_act_is_logged(desk, clain, session):
    (territory,) = stored(session)

    assert (territory.id, territory.name) == (clain, "Vallée du Clain")
    assert members(session) == [("commune", code) for code in ("86041", "86133", "86194", "86214")]
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == clain)).all()
    assert (event.action, event.details) == ("custom_territory.create", {"members": 4})
    assert event.actor_id == territory.created_by


def test_a_territory_is_shown_with_its_map_people_and_communes(desk, clain):
    tree = desk.page(f"{LIST}/{clain}")

    words = text_of(tree)
    assert "Le territoire compte 4 communes" in words
    assert "Charte de 2026, délibération du 3 mars." in words
    assert "Saint-Benoît (Vienne)" in words
    (drawn,) = by_class(tree, "map")
    assert drawn.get("data-communes") == "4"
    assert "Vallée du Clain" in links(desk.page(LIST))


def test_whole_intercommunalities_stand_for_their_communes(desk, session):
    answer = desk.post(NEW, name="Deux pays", note="Essai", members="Grand Poitiers\n243500741\nEst Ensemble\nOuessant")

    assert answer.status_code == 303, answer.text
    assert set(members(session)) == {
        ("epci", "200069854"),
        ("epci", "243500741"),
        ("ept", "200057875"),
        ("commune", "29155"),
    }
    assert "Grand Poitiers" in text_of(desk.page(answer.location))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Nulle-Part-les-Bains", "Ligne 2, « Nulle-Part-les-Bains » : nous ne trouvons"),
        ("00000", "Ligne 2, « 00000 » : nous ne trouvons"),
        ("999 999 999", "Ligne 2, « 999 999 999 » : nous ne trouvons"),
        ("Saint-Denis", "Ligne 2, « Saint-Denis » : dites lequel"),
        ("86800", "Ligne 2, « 86800 » : dites lequel"),
        ("17300", "La Rochelle – 17300"),  # its INSEE code is Rochefort's postal code
        ("<script>", "Ligne 2, « <script> »"),
    ],
)
def test_a_line_that_names_no_one_thing_is_pointed_at_and_nothing_typed_is_lost(line, said, desk, session):
    typed = f"Poitiers\n{line}\nLigugé"

    answer = desk.post(NEW, name="Pays", note="Parce que", members=typed)

    assert answer.status_code == 422
    tree = parse(answer)
    assert said in text_of(tree)
    assert text_of(by_id(tree, "members")) == " ".join(typed.split())
    assert by_id(tree, "name").get("value") == "Pays"
    assert text_of(by_id(tree, "note")) == "Parce que"
    assert stored(session) == []


def test_all_lines_to_correct_are_listed_at_once(desk):
    answer = desk.post(NEW, name="Pays", note="Parce que", members="Xyzzyx\nPoitiers\nQwertyuiop\nSaint-Denis")

    assert answer.status_code == 422
    for line in ("Ligne 1,", "Ligne 3,", "Ligne 4,"):
        assert line in answer.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "un nom de 2 à 120 caractères"),
        ({"name": "x" * 121}, "un nom de 2 à 120 caractères"),
        ({"name": "!!"}, "un nom de 2 à 120 caractères"),
        ({"note": "  "}, "Dites pourquoi"),
        ({"note": "x" * 2001}, "Écrivez 2 000 caractères au plus"),
        ({"members": " \n "}, "Indiquez les communes"),
        ({"members": "Poitiers\n" * (MOST_LINES + 1)}, "Écrivez 500 lignes au plus"),
    ],
)
def test_what_is_missing_or_too_long_is_said_at_its_field(change, said, desk, session):
    answer = desk.post(NEW, **{**CLAIN, **change})

    assert answer.status_code == 422
    assert said in text_of(parse(answer)).replace("\xa0", " ").replace("\u202f", " ")
    assert stored(session) == []


def test_two_territories_in_use_do_not_share_a_name(desk, clain, session):
    answer = desk.post(NEW, **{**CLAIN, "name": "VALLEE DU CLAIN"})

    assert answer.status_code == 422
    assert "déjà ce nom" in answer.text
    assert [territory.id for territory in stored(session)] == [clain]


def test_a_retired_territory_is_out_of_use_and_its_name_is_free(desk, clain, session):
    assert desk.post(f"{LIST}/{clain}/retirer").status_code == 303

    assert named.named(session, clain).retired_at is not None
    assert "Retiré" in text_of(desk.page(LIST))
    page = desk.page(f"{LIST}/{clain}")
    assert "Retirer ce territoire" not in text_of(page)
    assert desk.post(f"{LIST}/{clain}/retirer").status_code == 422
    assert desk.post(NEW, **CLAIN).status_code == 303
    events = select(AuditEvent.action).where(AuditEvent.subject_id == clain).order_by(AuditEvent.id)
    assert session.scalars(events).all() == ["custom_territory.create", "custom_territory.retire"]


def test_there_is_no_such_territory(desk):
    assert desk.get(f"{LIST}/{uuid4()}").status_code == 404
    assert desk.post(f"{LIST}/{uuid4()}/retirer").status_code == 404


def test_only_administrators_find_the_link(desk, app, make, sign_in, csrf):
    somebody = Reader(sign_in(app.test_client(), make.account()), csrf)

    assert links(desk.page("/mon-compte"))["Territoires de projet"] == LIST
    assert "Territoires de projet" not in links(somebody.page("/mon-compte"))
    assert somebody.get(LIST).status_code == 403
    assert somebody.post(NEW, **CLAIN).status_code == 403
