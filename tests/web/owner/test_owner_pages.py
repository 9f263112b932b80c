"""An owner's way through the pages: draft, send, take back, correct."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.projects import days, queries
from marketplace.projects.models import Campaign, Project
from marketplace.projects.rules import Content
from tests.web.owner.forms import errors_of, text_of, values_of


def test_anybody_may_read_what_it_takes(client_of, parsed):
    answer = client_of().get("/proposer")

    assert answer.status_code == 200
    assert "De 21 à 90 jours" in text_of(parsed(answer)).replace("\u202f", " ")


@pytest.mark.parametrize("path", ["/mes-projets", "/mes-projets/nouveau"])
def test_a_visitor_signs_in_first(client_of, path):
    answer = client_of().get(path)

    assert (answer.status_code, answer.location) == (303, f"/connexion?suite={path}")


def test_opening_the_form_writes_nothing(client_of, person, session, parsed):
    answer = client_of(person()).get("/mes-projets/nouveau")

    assert answer.status_code == 200
    assert values_of(parsed(answer))["minimum"] == "10"
    assert session.scalars(select(Project)).all() == []


def test_an_empty_draft_can_be_kept(client_of, person, session, parsed):
    owner_id = person()
    browser = client_of(owner_id)

    answer = browser.post("/mes-projets/nouveau", data={"action": "enregistrer"})

    (row,) = queries.owner_campaigns(session, owner_id)
    assert (answer.status_code, answer.location) == (303, f"/mes-projets/{row.campaign_id}")
    assert "Collecte sans titre" in text_of(parsed(browser.get("/mes-projets")))
    assert "Il reste 13 points" in text_of(parsed(browser.get(answer.location)))
    assert browser.get(f"{answer.location}/apercu").status_code == 200
    parsed(browser.get(f"{answer.location}/apercu"))


def test_the_same_form_sent_twice_is_one_draft(client_of, person, session, typed, parsed):
    owner_id = person()
    browser = client_of(owner_id)
    key = values_of(parsed(browser.get("/mes-projets/nouveau")))["key"]

    answers = [browser.post("/mes-projets/nouveau", data={**typed, "key": key}) for _time in range(2)]

    assert answers[0].location == answers[1].location
    assert len(queries.owner_campaigns(session, owner_id)) == 1


def test_everything_typed_is_kept_and_can_be_sent_at_once(client_of, person, session, typed, whole, parsed):  # noqa: PLR0917
    owner_id = person()

    answer = client_of(owner_id).post(
        "/mes-projets/nouveau", data={**typed, "action": "envoyer"}, follow_redirects=True
    )

    (row,) = queries.owner_campaigns(session, owner_id)
    found = queries.owner_campaign(session, row.campaign_id, owner_id)
    assert (found.state, found.content) == ("submitted", whole)
    assert "Votre collecte est envoyée" in text_of(parsed(answer))
    assert "40 communes" in text_of(parsed(answer))


def test_sending_too_early_shows_each_point_at_its_field_and_loses_nothing(client_of, person, session, typed, parsed):
    owner_id = person()
    browser = client_of(owner_id)
    lacking = {**typed, "goal": "", "rule_preset": "", "title": "Four", "ends_on": "01/01/2020", "action": "envoyer"}
    del lacking["rule_preset"]

    answer = browser.post("/mes-projets/nouveau", data=lacking)

    (row,) = queries.owner_campaigns(session, owner_id)
    tree = parsed(answer)
    kept = values_of(tree)
    assert answer.status_code == 422
    assert errors_of(tree) == {"goal", "title", "ends_on", "rule_preset"}
    assert "Erreur" in tree.find(".//title").text
    assert (kept["title"], kept["ends_on"], kept["story"]) == ("Four", "01/01/2020", typed["story"])
    assert kept["commune"] == "Ligugé (Vienne)"
    assert row.state == "draft"
    form = next(element for element in tree.iter("form") if "modifier" in (element.get("action") or ""))
    assert form.get("action") == f"/mes-projets/{row.campaign_id}/modifier"

    again = browser.post(
        form.get("action"), data={**kept, **typed, "row_version": kept["row_version"], "action": "envoyer"}
    )

    assert again.status_code == 303
    assert queries.owner_campaigns(session, owner_id)[0].state == "submitted"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("goal", "abc"),
        ("goal", "-5"),
        ("goal", "1e400"),
        ("goal", "NaN"),
        ("goal", "99999999999999999999"),
        ("loan_months", "douze"),
        ("loan_months", "99999999999999999999"),
        ("ends_on", "31/02/2027"),
        ("ends_on", "demain"),
        ("commune", "Nulle-Part-sur-Clain"),
        ("commune", "Saint-Benoît"),
        ("story", "x" * 40_001),
    ],
)
def test_what_cannot_be_read_is_given_back_as_typed(client_of, person, campaign, session, typed, parsed, field, text):  # noqa: PLR0917
    owner_id = person()
    campaign_id = campaign(owner_id)
    before = queries.owner_campaign(session, campaign_id, owner_id)

    answer = client_of(owner_id).post(
        f"/mes-projets/{campaign_id}/modifier", data={**typed, "row_version": "1", field: text, "title": "Un essai"}
    )

    session.expire_all()
    tree = parsed(answer)
    assert answer.status_code == 422
    assert errors_of(tree) == {field}
    assert values_of(tree)[field] == text
    assert values_of(tree)["title"] == "Un essai"
    assert queries.owner_campaign(session, campaign_id, owner_id) == before


def test_two_tabs_are_told_of_each_other(client_of, person, campaign, session, typed, parsed):  # noqa: PLR0917
    owner_id = person()
    browser = client_of(owner_id)
    path = f"/mes-projets/{campaign(owner_id)}/modifier"
    stale = values_of(parsed(browser.get(path)))
    browser.post(path, data={**stale, "title": "Le titre de l’autre onglet"})

    answer = browser.post(path, data={**stale, "title": "Le titre de cet onglet"})

    tree = parsed(answer)
    assert answer.status_code == 422
    assert "Une autre version a été enregistrée" in text_of(tree)
    assert queries.owner_campaigns(session, owner_id)[0].title == "Le titre de l’autre onglet"
    assert browser.post(path, data=values_of(tree)).status_code == 303
    session.expire_all()
    assert queries.owner_campaigns(session, owner_id)[0].title == "Le titre de cet onglet"


def test_the_form_opens_as_it_was_left(client_of, person, campaign, session, whole, parsed):  # noqa: PLR0917
    owner_id = person()
    browser = client_of(owner_id)
    path = f"/mes-projets/{campaign(owner_id)}"
    kept = values_of(parsed(browser.get(f"{path}/modifier")))

    assert browser.post(f"{path}/modifier", data={**kept, "action": "envoyer"}).location == path
    assert queries.owner_campaigns(session, owner_id)[0].state == "submitted"
    assert queries.submissions(session, queries.owner_campaigns(session, owner_id)[0].campaign_id) == (whole,)


def test_an_address_must_be_confirmed_before_sending(client_of, person, campaign, session, parsed):
    owner_id = person(confirmed=False)
    campaign_id = campaign(owner_id)

    answer = client_of(owner_id).post(f"/mes-projets/{campaign_id}/envoyer")

    assert answer.status_code == 422
    assert "Confirmez d’abord votre adresse" in text_of(parsed(answer))
    assert queries.owner_campaigns(session, owner_id)[0].state == "draft"


def test_a_sent_collection_can_only_be_taken_back(client_of, person, campaign, session, typed, parsed):  # noqa: PLR0917
    owner_id = person()
    browser = client_of(owner_id)
    path = f"/mes-projets/{campaign(owner_id, 'submitted')}"

    assert browser.get(f"{path}/modifier").location == path
    refused = browser.post(f"{path}/modifier", data={**typed, "row_version": "2"})
    assert refused.status_code == 422
    assert "ne peut plus être modifiée" in text_of(parsed(refused))
    assert browser.post(f"{path}/envoyer").status_code == 422

    assert browser.post(f"{path}/reprendre").location == f"{path}/modifier"
    assert queries.owner_campaigns(session, owner_id)[0].state == "draft"
    assert browser.post(f"{path}/reprendre").status_code == 422


def test_an_answer_is_shown_with_its_reasons_and_the_collection_can_be_mended(client_of, person, campaign, parsed):
    owner_id = person()
    browser = client_of(owner_id)
    path = f"/mes-projets/{campaign(owner_id, 'changes_requested')}"

    words = text_of(parsed(browser.get(path)))

    assert "Dites où l’argent sera dépensé." in words
    assert "L’usage de l’argent n’est pas assez local" in words
    assert "Modératrice" not in words
    assert browser.get(f"{path}/modifier").status_code == 200


@pytest.mark.parametrize("step", ["draft", "submitted", "changes_requested", "refused", "live"])
def test_every_step_has_a_page_and_a_preview(client_of, person, campaign, parsed, step):
    owner_id = person()
    browser = client_of(owner_id)
    path = f"/mes-projets/{campaign(owner_id, step)}"

    for each in (path, f"{path}/apercu", "/mes-projets"):
        answer = browser.get(each)
        assert answer.status_code == 200
        assert "Rallumer le four à bois de Ligugé" in text_of(parsed(answer))


@pytest.mark.parametrize("step", ["draft", "submitted", "live"])
def test_somebody_elses_collection_is_not_found(client_of, person, campaign, typed, session, step):  # noqa: PLR0917
    owner_id = person()
    campaign_id = campaign(owner_id, step)
    before = queries.owner_campaign(session, campaign_id, owner_id)

    for stranger in (person("Autre"), person("Administratrice", administrator=True)):
        browser = client_of(stranger)
        for some_id in (campaign_id, uuid4()):
            path = f"/mes-projets/{some_id}"
            answers = [browser.get(f"{path}{end}") for end in ("", "/modifier", "/apercu")]
            answers += [
                browser.post(f"{path}{end}", data={**typed, "row_version": str(before.row_version)})
                for end in ("/modifier", "/envoyer", "/reprendre")
            ]
            assert [answer.status_code for answer in answers] == [404] * 6

    session.expire_all()
    assert queries.owner_campaign(session, campaign_id, owner_id) == before


def test_a_visitor_cannot_write(client_of, person, campaign, typed, session):
    owner_id = person()
    path = f"/mes-projets/{campaign(owner_id)}"

    statuses = [
        client_of().post(each, data=typed).status_code
        for each in (f"{path}/modifier", f"{path}/envoyer", f"{path}/reprendre", "/mes-projets/nouveau")
    ]

    assert statuses == [403] * 4
    assert len(session.scalars(select(Campaign)).all()) == 1


def test_a_hostile_story_is_shown_harmless(client_of, person, campaign, whole, parsed):
    owner_id = person()
    content = Content(
        title="<script>alert(1)</script>",
        summary="<img src=x onerror=alert(1)>",
        story_markdown="<script>alert(1)</script> [x](javascript:alert(1)) ![x](http://evil.example/x.png)",
    )
    path = f"/mes-projets/{campaign(owner_id, content=content)}"

    for each in (path, f"{path}/apercu", f"{path}/modifier", "/mes-projets"):
        answer = client_of(owner_id).get(each)
        assert [element.get("src") for element in parsed(answer).iter("img")] == []
        assert "<script>alert" not in answer.text
        assert 'href="javascript' not in answer.text


def test_the_last_day_is_said_from_today(client_of, person, parsed, now):
    words = text_of(parsed(client_of(person()).get("/mes-projets/nouveau")))
    last = days.paris_day(now) + timedelta(days=90)

    assert str(last.year) in words


def test_lines_of_spending_are_refused_one_by_one(client_of, person, session, typed, parsed):
    lines = {"uses-0-commune": "Nulle-Part-sur-Clain", "uses-3-amount": "beaucoup"}

    answer = client_of(person()).post("/mes-projets/nouveau", data={**typed, **lines, "action": "envoyer"})

    tree = parsed(answer)
    assert answer.status_code == 422
    assert errors_of(tree) == {"uses-0-commune", "uses-3-amount"}
    assert {name: values_of(tree)[name] for name in lines} == lines
    assert session.scalars(select(Project)).all() == []


def test_lines_that_do_not_add_up_are_said_at_their_place(client_of, person, typed, parsed):
    browser = client_of(person())

    short = browser.post("/mes-projets/nouveau", data={**typed, "uses-0-amount": "1", "action": "envoyer"})
    # A line left empty between two others is nothing: those that are written stand one under the other afterwards.
    gap = {"uses-1-label": "", "uses-1-amount": "", "uses-2-amount": "12 000"}
    nameless = browser.post("/mes-projets/nouveau", data={**typed, **gap, "action": "envoyer"})

    assert errors_of(parsed(short)) == {"uses"}
    assert "Les dépenses font 12 001 € et l’objectif 32 000 €" in text_of(parsed(short)).replace("\u202f", " ")
    assert errors_of(parsed(nameless)) == {"uses-1-label"}


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "12", "-1", "0x1"])
def test_a_line_that_the_page_does_not_have_is_nobody_s(client_of, person, session, typed, whole, number):  # noqa: PLR0917
    owner_id = person()

    answer = client_of(owner_id).post("/mes-projets/nouveau", data={**typed, f"uses-{number}-label": "Un de plus"})

    assert answer.status_code == 303
    (row,) = queries.owner_campaigns(session, owner_id)
    assert queries.owner_campaign(session, row.campaign_id, owner_id).content.uses == whole.uses


def test_the_board_and_the_page_say_how_far_a_collection_is_and_what_to_do(client_of, people, make, parsed):
    live = make.campaign()
    make.pledge(campaign=live, amount=100)
    people[live.owner.id] = live.owner
    browser = client_of(live.owner.id)

    board, page = (text_of(parsed(browser.get(path))) for path in ("/mes-projets", f"/mes-projets/{live.id}"))

    for words in ("Il manque 400 € pour le seuil", "1 voisin"):
        assert words in board
        assert words.removeprefix("1 ") in page
    assert "À faire maintenant" in page
    assert "100 € sur 1 000 €" in page
    assert "En ligne" in board
    assert "À vous de jouer" not in board


def test_what_waits_for_its_owner_stands_first(client_of, person, campaign, parsed):
    owner_id = person()
    for step in ("submitted", "live", "changes_requested"):
        campaign(owner_id, step)

    page = parsed(client_of(owner_id).get("/mes-projets"))

    titles = [text_of(one) for one in page.iter("h2")]
    assert titles[:3] == ["À vous de jouer", "En ligne", "En relecture"]


def test_an_ended_collection_asks_for_nothing(client_of, people, make, parsed):
    failed = make.campaign(state="failed")
    people[failed.owner.id] = failed.owner
    browser = client_of(failed.owner.id)

    assert "À faire maintenant" not in text_of(parsed(browser.get(f"/mes-projets/{failed.id}")))
    assert "Terminées" in text_of(parsed(browser.get("/mes-projets")))
