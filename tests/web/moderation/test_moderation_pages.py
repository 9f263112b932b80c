"""An administrator reads what was submitted and answers."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from marketplace.core.audit import AuditEvent
from marketplace.locality.composed import RingChoice
from marketplace.locality.presets import Options
from marketplace.moderation.queries import PER_PAGE
from marketplace.moderation.rules import REASONS
from marketplace.projects import queries, services
from marketplace.projects.models import Campaign
from marketplace.web.messages import SENTENCES

NOTE = "Dites où l’argent sera dépensé."
ANSWERS = ("approuver", "renvoyer", "refuser")


def text_of(tree):
    return " ".join("".join(tree.itertext()).split())


@pytest.fixture
def administrator(person):
    return person("Modératrice", administrator=True)


@pytest.fixture
def desk(client_of, administrator):
    return client_of(administrator)


def path_of(campaign_id):
    return f"/moderation/campagnes/{campaign_id}"


def version_of(session, campaign_id):
    session.expire_all()
    return str(session.scalars(select(Campaign.row_version).where(Campaign.id == campaign_id)).one())


def sent(session, campaign_id, prefix=""):
    return {f"{prefix}row_version": version_of(session, campaign_id)}


def state_of(session, campaign_id):
    session.expire_all()
    return session.scalars(select(Campaign.state).where(Campaign.id == campaign_id)).one()


def test_only_administrators_come_in(client_of, person, campaign, session):
    owner_id = person()
    campaign_id = campaign(owner_id, "submitted")

    for browser, read, write in (
        (client_of(), 303, 403),
        (client_of(person()), 403, 403),
        (client_of(owner_id), 403, 403),
    ):
        assert browser.get("/moderation").status_code == read
        assert browser.get(path_of(campaign_id)).status_code == read
        for answer in ANSWERS:
            assert browser.post(f"{path_of(campaign_id)}/{answer}").status_code == write

    assert state_of(session, campaign_id) == "submitted"


def test_forty_campaigns_stay_readable(desk, person, campaign, session, parsed, whole, now):  # noqa: PLR0917
    owner_id = person("Léa Martin")
    for number in range(PER_PAGE * 2):
        campaign_id = campaign(
            owner_id if number % 10 else person(f"Porteuse {number}"),
            "submitted",
            content=replace(whole, title=f"Collecte numéro {number}", instrument="gift", loan_months=None),
        )
        session.execute(
            update(Campaign).where(Campaign.id == campaign_id).values(submitted_at=now - timedelta(days=number))
        )
    session.commit()

    first, second = (parsed(desk.get(f"/moderation?page={number}")) for number in (1, 2))

    titles = [
        link.text.strip() for tree in (first, second) for link in tree.iter("a") if "campagnes" in link.get("href")
    ]
    assert titles == [f"Collecte numéro {number}" for number in reversed(range(PER_PAGE * 2))]
    assert "39 jours" in text_of(first)
    assert "Ligugé (Vienne)" in text_of(first)
    assert "Page 1 sur 2" in text_of(first)


@pytest.mark.parametrize("page", ["0", "-1", "abc", "9" * 30, "٣", "", "1e9", "\x00"])
@pytest.mark.parametrize("kind", ["", "gift", "<script>"])
def test_odd_addresses_show_the_list(desk, page, kind):
    assert desk.get("/moderation", query_string={"page": page, "nature": kind}).status_code == 200


def test_a_review_shows_all_and_the_effects_before_the_decision(desk, person, campaign, parsed, whole):
    content = replace(whole, story_markdown=whole.story_markdown + " Rendement garanti et sans risque !")
    campaign_id = campaign(person("Nadia Berthault"), "submitted", content)

    words = text_of(parsed(desk.get(path_of(campaign_id))))

    for expected in (
        whole.title,
        whole.summary,
        "Une promesse interdite, peut-être",
        "Rendement garanti",
        "Les montants sont cohérents.",
        "devient publique tout de suite",
        "Elle est figée jusqu’au",
        "Le porteur, Nadia Berthault, est prévenu par courriel",
        "habitants de 40 communes",
        "Envoyée en relecture – Nadia Berthault",
    ):
        assert expected.replace(" ", "") in words.replace("\u202f", " ").replace("\u00a0", " ").replace(" ", "")


def test_approving_makes_the_campaign_public(  # noqa: PLR0917
    desk, client_of, person, campaign, checked, session, parsed, administrator
):
    campaign_id = campaign(person(), "submitted")
    checked(campaign_id)
    assert client_of().get(f"/collectes/{campaign_id}").status_code == 404

    answer = desk.post(f"{path_of(campaign_id)}/approuver", data=sent(session, campaign_id), follow_redirects=True)

    assert "La collecte est publiée" in text_of(parsed(answer))
    assert state_of(session, campaign_id) == "live"
    assert client_of().get(f"/collectes/{campaign_id}").status_code == 200
    logged = select(AuditEvent.actor_id).where(AuditEvent.action == "campaign.approve")
    assert session.scalars(logged).all() == [administrator]
    again = desk.post(f"{path_of(campaign_id)}/approuver", data=sent(session, campaign_id))
    assert again.status_code == 422
    assert "n’est plus dans l’état" in text_of(parsed(again))


@pytest.mark.parametrize(
    ("answer", "prefix", "state"), [("renvoyer", "renvoi-", "changes_requested"), ("refuser", "refus-", "refused")]
)
def test_a_no_reaches_its_owner(desk, client_of, person, campaign, session, parsed, answer, prefix, state):  # noqa: PLR0917
    owner_id = person()
    campaign_id = campaign(owner_id, "submitted")
    data = {**sent(session, campaign_id, prefix), f"{prefix}reasons": ["R04", "R05"], f"{prefix}note": NOTE}

    assert desk.post(f"{path_of(campaign_id)}/{answer}", data=data).location == "/moderation"

    assert state_of(session, campaign_id) == state
    words = text_of(parsed(client_of(owner_id).get(f"/mes-projets/{campaign_id}")))
    assert NOTE in words
    assert str(SENTENCES["R05"]) in words


@pytest.mark.parametrize(("answer", "prefix"), [("renvoyer", "renvoi-"), ("refuser", "refus-")])
@pytest.mark.parametrize(
    ("reasons", "note", "field"),
    [
        ([], NOTE, "reasons"),
        (["R99"], NOTE, "reasons"),
        (["<script>"], NOTE, "reasons"),
        (["R04"], "", "note"),
        (["R04"], "court", "note"),
        (["R04"], "x" * 2_001, "note"),
        (["R04"], "\x00\u202e\U0010ffff", "note"),
    ],
)
def test_an_unfinished_answer_is_given_back_as_typed(  # noqa: PLR0917
    desk, person, campaign, session, parsed, answer, prefix, reasons, note, field
):
    campaign_id = campaign(person(), "submitted")
    data = {**sent(session, campaign_id, prefix), f"{prefix}reasons": reasons, f"{prefix}note": note}

    given_back = desk.post(f"{path_of(campaign_id)}/{answer}", data=data)

    tree = parsed(given_back)
    assert given_back.status_code == 422
    assert state_of(session, campaign_id) == "submitted"
    errors = {p.get("id") for p in tree.iter("p") if "error" in (p.get("class") or "").split()}
    assert errors == {f"{prefix}{field}-error"}
    ticked = {box.get("value") for box in tree.iter("input") if box.get("checked") is not None}
    assert ticked == set(reasons) & set(REASONS)
    area = next(area for area in tree.iter("textarea") if area.get("name") == f"{prefix}note")
    if field == "reasons":
        assert (area.text or "").strip() == note


@pytest.mark.parametrize("answer", ANSWERS)
def test_nobody_decides_on_their_own(desk, administrator, campaign, session, parsed, answer):  # noqa: PLR0917
    campaign_id = campaign(administrator, "submitted")
    data = {"row_version": "2", "renvoi-row_version": "2", "refus-row_version": "2"}
    data |= {
        f"{prefix}{name}": value
        for prefix in ("renvoi-", "refus-")
        for name, value in (("reasons", "R04"), ("note", NOTE))
    }

    refused = desk.post(f"{path_of(campaign_id)}/{answer}", data=data)

    assert refused.status_code == 422
    assert "Un autre administrateur doit décider" in text_of(parsed(refused))
    assert "La vôtre" in text_of(parsed(desk.get("/moderation")))
    assert not any(
        "approuver" in (form.get("action") or "") for form in parsed(desk.get(path_of(campaign_id))).iter("form")
    )
    assert state_of(session, campaign_id) == "submitted"


def test_what_changed_meanwhile_is_read_again_first(desk, person, campaign, session, parsed, now):  # noqa: PLR0917
    owner_id = person()
    campaign_id = campaign(owner_id, "submitted")
    read = sent(session, campaign_id)
    services.withdraw_submission(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
    services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
    session.commit()

    for data in (read, {}, {"row_version": "abc"}, {"row_version": "9" * 40}):
        refused = desk.post(f"{path_of(campaign_id)}/approuver", data=data)
        assert refused.status_code == 422
        assert "a changé depuis" in text_of(parsed(refused))

    assert state_of(session, campaign_id) == "submitted"


def test_a_campaign_that_waited_too_long_says_what_to_change(  # noqa: PLR0917
    desk, person, campaign, checked, session, parsed, now
):
    campaign_id = campaign(person(), "submitted")
    checked(campaign_id)
    session.execute(update(Campaign).where(Campaign.id == campaign_id).values(ends_on=now.date()))
    session.commit()

    refused = desk.post(f"{path_of(campaign_id)}/approuver", data=sent(session, campaign_id))

    words = text_of(parsed(refused))
    assert refused.status_code == 422
    assert "ne peut pas être publiée aujourd’hui" in words
    assert "Une collecte reste ouverte au moins 21 jours" in words


def test_a_second_reading_shows_what_changed(desk, person, campaign, session, parsed, whole, now):  # noqa: PLR0917
    owner_id = person()
    campaign_id = campaign(owner_id, "changes_requested")
    found = queries.editable(session, campaign_id, owner_id)
    services.save_draft(
        session,
        campaign_id=campaign_id,
        owner_id=owner_id,
        row_version=found.row_version,
        content=replace(whole, title="Rallumer le four à gaz de Ligugé", goal_cents=33_000_00),
        now=now,
    )
    services.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
    session.commit()

    tree = parsed(desk.get(path_of(campaign_id)))

    assert next(text_of(element) for element in tree.iter("ins")).endswith("gaz")
    assert next(text_of(element) for element in tree.iter("del")).endswith("bois")
    assert "2 envois" in text_of(parsed(desk.get("/moderation")))


def test_what_was_never_submitted_is_not_found(desk, person, campaign):
    draft = campaign(person())

    for campaign_id in (draft, uuid4()):
        assert desk.get(path_of(campaign_id)).status_code == 404
        for answer, prefix in zip(ANSWERS, ("", "renvoi-", "refus-"), strict=True):
            data = {f"{prefix}reasons": "R04", f"{prefix}note": NOTE, f"{prefix}row_version": "1"}
            assert desk.post(f"{path_of(campaign_id)}/{answer}", data=data).status_code == 404


@pytest.mark.parametrize("step", ["changes_requested", "refused"])
def test_a_decided_campaign_can_still_be_read(desk, person, campaign, parsed, step):
    words = text_of(parsed(desk.get(path_of(campaign(person(), step)))))

    assert "n’attend pas de décision" in words


def test_the_list_asks_as_much_for_one_as_for_many(desk, person, campaign, statements):
    counts = []
    for _round in range(2):
        campaign(person(), "submitted")
        campaign(person(), "submitted")
        with statements() as seen:
            assert desk.get("/moderation").status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 9


def test_a_rule_that_changed_is_told_in_words_and_tried_again(desk, person, campaign, session, parsed, whole, now):  # noqa: PLR0917
    owner_id = person()
    narrow = replace(whole, commune_code="49009", rule_options=Options(related_percent=10))
    campaign_id = campaign(owner_id, "changes_requested", narrow)
    rings = (RingChoice("commune"), RingChoice("france", opens_after=14, cap_cents=200_00))
    composed = replace(narrow, rule_options=Options(rings=rings))
    version = queries.owner_campaign(session, campaign_id, owner_id).row_version
    own = {"campaign_id": campaign_id, "owner_id": owner_id, "now": now}
    services.save_draft(session, **own, row_version=version, content=composed)
    services.submit(session, **own)
    session.commit()

    words = text_of(parsed(desk.get(path_of(campaign_id)))).replace("\u202f", " ").replace("\xa0", " ")

    assert "Part de l’équipe et de ses proches, au plus : 10" in words
    assert "Les cercles : La commune du projet, Toute la France" in words
    assert "Habitants de toute la France" in words
    assert "touche un autre département sur" in words
    assert "Ajouter les communes voisines" not in words
