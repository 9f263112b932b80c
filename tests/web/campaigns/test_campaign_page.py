"""The page of a campaign: fees and risk before the amount, amounts that fit, news that are facts, telling others."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from marketplace.projects.uses import Use
from tests.factories import DAY, HOUR, POITIERS
from tests.web.pages import by_class, by_id, links, text_of


def news(page):
    """Return the news of the page, newest first: (day, words)."""
    section = by_id(page, "nouvelles")
    return [(text_of(item.find("time")), text_of(item.find("p"))) for item in section.iter("li")]


def amounts(page):
    """Return the amounts that the panel offers, as they go into the address."""
    return [control.get("value") for control in page.iter("input") if control.get("name") == "montant"]


def test_fees_and_risk_stand_before_the_amount(reader, make):
    page = reader.page(f"/collectes/{make.campaign().id}")

    panel = text_of(by_class(page, "buy")[0])

    order = [
        "Aucun frais.",
        "Débité seulement si le projet aboutit",
        "Un don n’est pas remboursé.",
        "Votre don",
        "Continuer",
    ]
    places = [panel.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("level", "facts", "expected"),
    [
        (3, {}, ["20", "50", "100", ""]),
        (1, {}, ["10", "20", "50", ""]),
        (3, {"minimum_cents": 80_00}, ["100", "250", "500", ""]),
        (3, {"minimum_cents": 600_00}, ["600", ""]),
        (3, {"minimum_cents": 612_50}, ["612,50", ""]),
        (3, {"hard_cap": 30}, ["10", "20", ""]),
    ],
)
def test_the_amounts_at_hand_are_those_that_would_pass(reader_of, make, level, facts, expected):
    campaign = make.campaign(**facts)
    reader = reader_of(make.account(level=level))

    offered = amounts(reader.page(f"/collectes/{campaign.id}"))

    assert offered == expected
    for value in offered[:-1]:
        answer = reader.post(f"/collectes/{campaign.id}/participer", amount=value)
        assert answer.location == f"/collectes/{campaign.id}/participer/relire?montant={value}"


def test_a_chosen_amount_goes_to_the_next_page_without_scripts(reader, make):
    campaign = make.campaign()
    page = reader.from_("Poitiers").page(f"/collectes/{campaign.id}")

    (form,) = [one for one in page.iter("form") if one.get("method") == "get"]

    assert form.get("action") == f"/collectes/{campaign.id}/participer"
    assert 'value="50"' in reader.get(f"{form.get('action')}?montant=50").text
    assert reader.get(f"{form.get('action')}?montant=").status_code == 200


def test_news_are_what_happened_and_nothing_else(reader, make, now):
    campaign = make.campaign()
    make.pledge(campaign=campaign, amount=300, now=now + DAY)
    make.pledge(campaign=campaign, amount=300, now=now + 2 * DAY)

    assert news(reader.page(f"/collectes/{campaign.id}")) == [
        ("25 novembre 2026", "Le seuil de réussite est atteint."),
        ("23 novembre 2026", "La collecte est en ligne."),
    ]


def test_a_threshold_that_was_lost_again_is_no_news(reader, make, now):
    campaign = make.campaign()
    make.pledge(campaign=campaign, amount=600, state="withdrawn", now=now + HOUR)

    assert [words for _day, words in news(reader.page(f"/collectes/{campaign.id}"))] == ["La collecte est en ligne."]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("closing", ["La collecte est close. Les derniers délais de réflexion courent."]),
        ("failed", ["Le seuil n’a pas été atteint. Chacun garde ou retrouve son argent."]),
        ("funded", ["L’argent est collecté : le projet se fait.", "La collecte a réussi. Les cartes sont débitées."]),
    ],
)
def test_the_end_of_a_campaign_is_told(reader, make, state, words):
    page = reader.page(f"/collectes/{make.campaign(state=state).id}")

    told = [one for _day, one in news(page)]
    assert told[: len(words)] == words
    assert told[-1] == "La collecte est en ligne."
    assert amounts(page) == []


def test_what_went_on_before_publication_is_nobody_else_s_business(reader, make, session):
    campaign = make.campaign()

    page = text_of(reader.page(f"/collectes/{campaign.id}"))

    assert "relecture" not in page.replace("malgré la relecture", "")


def test_others_are_told_by_mail_or_by_copying_nothing_follows_them(reader, make):
    campaign = make.campaign(title="Un four & du pain")
    page = reader.page(f"/collectes/{campaign.id}")
    here = f"http://localhost/collectes/{campaign.id}"

    mail = urlsplit(next(href for href in links(page).values() if href.startswith("mailto:")))

    written = parse_qs(mail.query)
    assert written["subject"] == ["Un four & du pain"]
    assert here in unquote(written["body"][0])
    assert by_id(page, "adresse").get("value") == here
    assert by_id(page, "adresse").get("readonly") is not None
    assert not [href for href in links(page).values() if href.startswith("http") and "localhost" not in href]


def test_a_stranger_may_say_where_they_live_from_the_panel(reader, make):
    campaign = make.campaign()

    assert links(reader.page(f"/collectes/{campaign.id}"))["Indiquer ma commune"] == (
        f"/collectes/{campaign.id}/participer/commune"
    )
    elsewhere = reader.from_("Bordeaux").page(f"/collectes/{campaign.id}")
    assert links(elsewhere)["Changer de commune"] == f"/collectes/{campaign.id}/participer/commune"
    assert amounts(elsewhere) == []


def test_the_crumbs_lead_to_the_same_sector_near_me(reader, make):
    campaign = make.campaign(sector="energie")

    assert links(reader.page(f"/collectes/{campaign.id}"))["Énergie"] == "/?secteur=energie"


def test_the_page_costs_the_same_however_many_take_part(reader_of, make, statements):
    campaign = make.campaign(commune=POITIERS)
    reader = reader_of(make.account())
    reader.page(f"/collectes/{campaign.id}")
    with statements() as before:
        reader.page(f"/collectes/{campaign.id}")
    for _ in range(6):
        make.pledge(campaign=campaign, amount=20)

    with statements() as after:
        reader.page(f"/collectes/{campaign.id}")

    assert len(after) - len(before) <= 1, after  # the map of those who take part reads its communes once
    assert len(after) <= 25, after


def test_a_mail_to_a_friend_holds_the_title_as_it_was_written(client, make):
    campaign = make.campaign(title="Pain & vin “d’ici”, l'hiver")

    page = client.get(f"/collectes/{campaign.id}").get_data(as_text=True)

    (written,) = re.findall(r'href="mailto:\?subject=[^"]*&amp;body=([^"]*)"', page)
    assert "Pain & vin “d’ici”, l'hiver\r\n" in unquote(written)


def test_the_page_says_where_the_money_will_go(reader, make):
    uses = (
        Use("Le four", 600_00, "86293"),
        Use("La peinture", 100_00, POITIERS),
        Use("Le pétrin", 200_00, "49099"),
        Use("Le reste", 100_00),
    )
    page = reader.page(f"/collectes/{make.campaign(uses=uses).id}")

    section = by_id(page, "argent")
    lines = [text_of(line) for line in by_class(section, "line")]
    assert "70 % sera dépensé à moins de 20 km" in text_of(section).replace("\u202f", " ")
    assert [line.split(" € ")[1] for line in lines] == [
        "Vivonne, 19 km",
        "Poitiers",
        "Cholet, 105 km",
        "lieu pas encore choisi",
    ]
    assert links(page)["Où va l’argent"] == "#argent"


def test_money_without_lines_has_no_section(reader, make):
    page = reader.page(f"/collectes/{make.campaign().id}")

    assert "Où va l’argent" not in links(page)


def test_backers_are_shown_by_commune_and_by_ring_and_never_fewer_than_five(reader, make):
    campaign = make.campaign(preset="departement_and_bordering")
    for commune, people in ((POITIERS, 7), ("86070", 5), ("86066", 3)):
        for _person in range(people):
            make.pledge(campaign=campaign, backer=make.account(commune=commune))

    section = by_id(reader.page(f"/collectes/{campaign.id}"), "voisins")

    # Three would be too few to be shown: the five of Chauvigny are counted with them.
    assert [text_of(line) for line in by_class(section, "line")] == [
        "Poitiers (Vienne)7",
        "Autres communes du territoire8",
    ]
    assert [text_of(line) for line in by_class(section, "legend")[-1].iter("li")] == [
        "à moins de 5 km du projet7",
        "communes regroupées8",
    ]
