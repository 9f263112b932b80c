"""The rule on the owner's form: a preset with its figures, and whom it reaches."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.locality.presets import Options
from marketplace.projects.models import Campaign
from tests.web.owner.forms import NEW, errors_of, stored, text_of, values_of


def test_the_figures_of_a_preset_are_kept(client_of, person, session, rule):
    answer = client_of(person()).post(
        NEW,
        data={
            **rule,
            "rule_preset": "radius",
            "radius_km": "20 km",
            "neighbours": "y",
            "wider": "france",
            "first_days": "14 jours",
            "min_share": "60 %",
            "cap": "3 000",
            "wider_cap": "1000,50 €",
            "reserve": "5000",
            "reserve_days": "30",
            "min_people": "20",
            "proof": "3",
            "related_percent": "10",
            "workers": "y",
            "people_only": "y",
            "action": "envoyer",
        },
    )

    assert answer.status_code == 303
    assert stored(session) == Options(
        radius_km=20,
        neighbours=True,
        wider="france",
        first_days=14,
        min_share=60,
        cap_cents=3_000_00,
        wider_cap_cents=1_000_50,
        reserve_cents=5_000_00,
        reserve_days=30,
        min_people=20,
        proof=3,
        related_percent=10,
        workers=True,
        people_only=True,
    )


def test_communes_are_read_line_by_line(client_of, person, session, rule):
    lines = "Ligugé\n86041\nSaint-Benoît (Vienne)\n\nBuxerolles – 86041"

    answer = client_of(person()).post(
        NEW, data={**rule, "rule_preset": "communes", "communes": lines, "action": "envoyer"}
    )

    assert answer.status_code == 303
    assert stored(session).communes == ("86041", "86133", "86214")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Nulle-Part-sur-Clain", "nous ne trouvons ni commune"),
        ("99999", "nous ne trouvons ni commune"),
        # A postal code of two départements, a name of several communes.
        ("01410", "dites lequel ou laquelle"),
        ("Saint-Denis", "dites lequel ou laquelle"),
    ],
)
def test_a_line_that_names_nothing_or_too_much_comes_back(client_of, person, session, rule, parsed, line, words):  # noqa: PLR0917
    answer = client_of(person()).post(
        NEW, data={**rule, "rule_preset": "communes", "communes": f"Ligugé\n{line}", "goal": "32 000"}
    )

    tree = parsed(answer)
    assert answer.status_code == 422
    assert errors_of(tree) == {"communes"}
    assert words in text_of(tree)
    assert "Ligne 2" in text_of(tree)
    assert values_of(tree)["communes"] == f"Ligugé\n{line}"
    assert session.scalars(select(Campaign)).all() == []


def test_a_commune_that_vanished_is_read_as_the_one_that_took_it_over(client_of, person, session, rule):
    client_of(person()).post(NEW, data={**rule, "rule_preset": "communes", "communes": "16129\nLigugé"})

    assert stored(session).communes == ("16204", "86133")


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"rule_preset": "radius"}, "radius_km", "de 1 à 100 kilomètres"),
        ({"rule_preset": "radius", "radius_km": "101"}, "radius_km", "de 1 à 100 kilomètres"),
        ({"rule_preset": "communes"}, "communes", "au moins une commune"),
        ({"rule_preset": "projet"}, "territory", "Choisissez le territoire de projet"),
        # Nobody lives in Beaumont-en-Verdunois.
        ({"rule_preset": "communes", "communes": "55039"}, "communes", "Personne n’habite ce territoire"),
        ({"rule_preset": "epci", "min_share": "60"}, "min_share", "Choisissez un second cercle"),
        ({"rule_preset": "epci", "wider": "france", "min_share": "101"}, "min_share", "de 1 à 100"),
        ({"rule_preset": "epci", "wider": "france", "first_days": "46"}, "first_days", "de 1 à 45"),
        ({"rule_preset": "local_first", "first_days": "40"}, "first_days", "déjà finie"),
        ({"rule_preset": "epci", "wider": "departement", "cap": "0"}, "cap", "au-dessus de zéro"),
        ({"rule_preset": "epci", "related_percent": "101"}, "related_percent", "de 0 à 100"),
        ({"rule_preset": "departement_and_bordering", "wider": "departement"}, "wider", "n’ajoute aucune commune"),
    ],
)
@pytest.mark.parametrize("action", ["envoyer", "simuler"])
def test_a_figure_that_makes_no_rule_is_said_at_its_field(  # noqa: PLR0917
    client_of, person, rule, parsed, change, field, words, action
):
    answer = client_of(person()).post(NEW, data={**rule, **change, "action": action})

    tree = parsed(answer)
    assert answer.status_code == 422
    assert errors_of(tree) == {field}
    assert words in text_of(tree)
    assert {name: values_of(tree)[name] for name in change if name != "communes"} == {
        name: text for name, text in change.items() if name != "communes"
    }


def test_trying_a_rule_writes_nothing_and_says_whom_it_reaches(client_of, person, make, session, rule, parsed):  # noqa: PLR0917
    for _one in range(7):
        make.account(commune="86194")
    before = len(session.scalars(select(Campaign)).all())

    answer = client_of(person()).post(NEW, data={**rule, "action": "simuler"})

    tree = parsed(answer)
    words = text_of(tree).replace("\u202f", " ")
    rows = ["".join(row.itertext()) for row in tree.iter("tr")]
    assert answer.status_code == 200
    assert len(rows) == 4
    assert "204 445 habitants" in words
    assert "68 952 941 habitants" in words
    assert "au moins 5" in rows[1]
    assert "Après 14 jours" in words
    assert "au moins 60" in words
    assert [drawn.get("data-circle") for drawn in tree.iter() if drawn.get("data-circle")] == ["1"]
    assert len(session.scalars(select(Campaign)).all()) == before


def test_fewer_than_five_members_are_not_counted(client_of, person, make, rule, parsed):
    for _one in range(4):
        make.account(commune="86133")

    tree = parsed(client_of(person()).post(NEW, data={**rule, "action": "simuler"}))

    assert "moins de 5" in "".join(list(tree.iter("tr"))[1].itertext())


def test_a_border_commune_is_told_to_add_its_neighbours(client_of, person, rule, parsed):
    browser = client_of(person())
    sent = {**rule, "commune": "Antoigné (Maine-et-Loire)", "rule_preset": "epci"}

    tree = parsed(browser.post(NEW, data={**sent, "action": "simuler"}))
    mended = values_of(parsed(browser.post(NEW, data={**sent, "action": "voisines"})))
    after = parsed(browser.post(NEW, data={**sent, **mended, "action": "simuler"}))

    assert "touche un autre département sur" in text_of(tree)
    assert "Ajouter les communes voisines" in text_of(tree)
    assert mended["neighbours"] == "y"
    assert "touche un autre département sur" not in text_of(after)


def test_somebody_elses_collection_cannot_be_tried_on(client_of, person, campaign, rule):
    path = f"/mes-projets/{campaign(person())}/modifier"

    assert client_of(person("Autre")).post(path, data={**rule, "action": "simuler"}).status_code == 404


NAMES = (
    *("rule_preset", "radius_km", "communes", "territory", "neighbours", "wider", "first_days", "min_share", "cap"),
    *("wider_cap", "reserve", "reserve_days", "min_people", "proof", "related_percent", "commune", "ends_on"),
    *(
        f"rings-{number}-{name}"
        for number in ("0", "1", "2", "9", "00", "²", "99999999999")
        for name in (
            "zone",
            "radius_km",
            "communes",
            "territory",
            "neighbours",
            "proof",
            "cap",
            "minimum",
            "opens_after",
        )
    ),
    *(
        f"{kind}_quota-{name}"
        for kind in ("min_share", "reserve", "ceiling", "min_people")
        for name in ("ring", "percent", "amount", "days", "people")
    ),
)
WORDS = st.one_of(
    st.sampled_from(
        (
            *("epci", "france", "commune", "communes", "radius", "projet", "island", "region", "departement", "y", ""),
            *(
                "0",
                "1",
                "2",
                "14",
                "101",
                "-1",
                "1e9",
                "NaN",
                "²",
                "٣",
                "60 %",
                "20 km",
                "3 000,50 €",
                "99999999999999",
            ),
            *("Ligugé", "86041\n99999", "01410", "Saint-Denis", "55039", "\x00", "\u202e", "<b>", "%(x)s", "{{ 7*7 }}"),
            "0190a2a5-0000-7000-8000-000000000000",
        )
    ),
    st.text(max_size=12),
)
ACTIONS = st.sampled_from(
    (
        "simuler",
        "detail",
        "ajouter",
        "retirer-0",
        "retirer-1",
        "retirer-²",
        "retirer-",
        "voisines",
        "tout-fait",
        "envoyer",
    )
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.dictionaries(st.sampled_from(NAMES), WORDS, max_size=12), action=ACTIONS)
def test_no_rule_breaks_the_form(client_of, person, rule, sent, action):
    browser = client_of(person())

    answer = browser.post(NEW, data={**rule, **sent, "action": action})

    assert answer.status_code in {200, 303, 422}
