"""Circles of one's own on the owner's form: taken from a preset, added, dropped, and what is wrong with them."""

import re

import pytest

from marketplace.locality.composed import QuotaChoice, RingChoice
from marketplace.locality.presets import Options
from marketplace.projects import queries
from tests.web.owner.forms import NEW, errors_of, stored, text_of, values_of


def circles(*rows, **others):
    """Return what is typed for circles: one dictionary for each."""
    return {f"rings-{number}-{name}": text for number, row in enumerate(rows) for name, text in row.items()} | others


def test_a_preset_is_taken_apart_and_kept_circle_by_circle(client_of, person, session, rule, parsed):
    browser = client_of(person())

    apart = values_of(parsed(browser.post(NEW, data={**rule, "goal": "pas un montant", "action": "detail"})))

    assert apart["goal"] == "pas un montant"
    assert [apart[f"rings-{number}-zone"] for number in range(3)] == ["epci", "departement_and_bordering", "france"]
    assert (apart["rings-0-neighbours"], apart["rings-1-opens_after"]) == ("y", "14")
    assert (apart["min_share_quota-ring"], apart["min_share_quota-percent"]) == ("1", "60")

    answer = browser.post(NEW, data={**apart, "goal": "32000", "rings-2-cap": "200", "action": "envoyer"})

    assert answer.status_code == 303
    assert stored(session) == Options(
        rings=(
            RingChoice("epci", neighbours=True),
            RingChoice("departement_and_bordering", opens_after=14),
            RingChoice("france", opens_after=28, cap_cents=200_00),
        ),
        quotas=(QuotaChoice("min_share", ring=1, percent=60),),
    )


def test_circles_are_added_and_dropped_and_nothing_is_lost(client_of, person, rule, parsed):
    browser = client_of(person())
    sent = {**rule, **circles({"zone": "commune", "cap": "abc"}, {"zone": "epci"}, {"zone": "france"})}

    more = values_of(parsed(browser.post(NEW, data={**sent, "action": "ajouter"})))
    fewer = values_of(parsed(browser.post(NEW, data={**more, "reserve_quota-ring": "2", "action": "retirer-1"})))
    simple = values_of(parsed(browser.post(NEW, data={**fewer, "action": "tout-fait"})))

    assert [more[f"rings-{number}-zone"] for number in range(4)] == ["commune", "epci", "france", ""]
    assert [fewer[f"rings-{number}-zone"] for number in range(3)] == ["commune", "france", ""]
    assert (fewer["rings-0-cap"], fewer["reserve_quota-ring"]) == ("abc", "1")
    assert not any(name.startswith("rings-") for name in simple)


def test_five_circles_are_the_most(client_of, person, rule, parsed):
    five = circles(*[{"zone": "commune"}] * 5)

    tree = parsed(client_of(person()).post(NEW, data={**rule, **five, "rings-7-zone": "epci", "action": "ajouter"}))

    assert len([name for name in values_of(tree) if re.fullmatch(r"rings-\d-zone", name)]) == 5


@pytest.mark.parametrize(
    ("rows", "others", "field", "words"),
    [
        ([{"zone": ""}], {}, "rings-0-zone", "Choisissez qui est dans ce cercle"),
        ([{"zone": "france"}, {"zone": "epci"}], {}, "rings-1-zone", "n’ajoute aucune commune"),
        ([{"zone": "epci"}, {"zone": "epci"}], {}, "rings-1-zone", "n’ajoute aucune commune"),
        (
            [
                {"zone": "commune"},
                {"zone": "epci", "opens_after": "14"},
                {"zone": "france", "opens_after": "7"},
            ],
            {},
            "rings-2-opens_after",
            "Saisissez 14 jours au moins",
        ),
        ([{"zone": "commune", "opens_after": "3"}], {}, "rings-0-opens_after", "ouvre toujours avec la collecte"),
        ([{"zone": "commune"}, {"zone": "epci", "opens_after": "91"}], {}, "rings-1-opens_after", "de 0 à 90"),
        ([{"zone": "commune"}, {"zone": "epci", "opens_after": "60"}], {}, "rings-1-opens_after", "déjà finie"),
        ([{"zone": "radius"}], {}, "rings-0-radius_km", "de 1 à 100 kilomètres"),
        ([{"zone": "communes", "communes": "Ailleurs-les-Bains"}], {}, "rings-0-communes", "Ligne 1"),
        ([{"zone": "communes", "communes": "55039"}], {}, "rings-0-communes", "Personne n’habite"),
        ([{"zone": "island"}], {}, "rings-0-zone", "n’est pas une île"),
        ([{"zone": "epci", "minimum": "50", "cap": "20"}], {}, "rings-0-minimum", "ne peut pas dépasser"),
        ([{"zone": "epci", "cap": "abc"}], {}, "rings-0-cap", "Saisissez un montant en euros"),
        (
            [{"zone": "epci"}, {"zone": "france"}],
            {"min_share_quota-ring": "0", "min_share_quota-percent": "101"},
            "min_share_quota-percent",
            "de 1 à 100",
        ),
        (
            [{"zone": "epci"}, {"zone": "france"}],
            {"min_share_quota-ring": "1", "min_share_quota-percent": "60"},
            "min_share_quota-ring",
            "personne n’est plus loin",
        ),
        (
            [{"zone": "epci"}],
            {"reserve_quota-amount": "100"},
            "reserve_quota-ring",
            "Choisissez le cercle",
        ),
        (
            [{"zone": "epci"}],
            {"min_people_quota-ring": "0", "min_people_quota-people": "0"},
            "min_people_quota-people",
            "de 1 à",
        ),
    ],
)
def test_what_is_wrong_with_circles_is_said_at_its_field(  # noqa: PLR0917
    client_of, person, rule, parsed, rows, others, field, words
):
    sent = {**rule, **circles(*rows, **others)}

    browser = client_of(person())
    for action in ("envoyer", "simuler"):
        answer = browser.post(NEW, data={**sent, "action": action})

        tree = parsed(answer)
        assert answer.status_code == 422, action
        # The first circle has no field for the day it opens: what a form of somebody's own says of it is told above.
        assert errors_of(tree) == ({field} if field != "rings-0-opens_after" else set())
        assert words in text_of(tree)
        kept = values_of(tree)
        # Communes that could be read come back by their names.
        typed = {name: text for name, text in sent.items() if name.startswith("rings-") and name in kept}
        assert all(kept[name] == text or "55039" in kept[name] for name, text in typed.items())


def test_the_form_opens_on_circles_as_they_were_left(client_of, person, session, rule, parsed):
    owner_id = person()
    browser = client_of(owner_id)
    sent = circles(
        {"zone": "communes", "communes": "Ligugé\nPoitiers", "proof": "3"},
        {"zone": "radius", "radius_km": "15", "minimum": "20", "opens_after": "10"},
        **{"reserve_quota-ring": "0", "reserve_quota-amount": "1000", "reserve_quota-days": "9"},
    )
    browser.post(NEW, data={**rule, **sent})
    before = stored(session)
    (row,) = queries.owner_campaigns(session, owner_id)
    path = f"/mes-projets/{row.campaign_id}/modifier"

    kept = values_of(parsed(browser.get(path)))

    assert browser.post(path, data=kept).status_code == 303
    assert stored(session) == before
