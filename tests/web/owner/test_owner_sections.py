"""The editor in sections: each is saved alone, while one writes too; nothing typed is lost."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from marketplace.projects import queries, revisions, services
from marketplace.projects.models import CampaignRevision, Picture
from marketplace.web.owner.sections import SECTIONS
from tests.web.owner.forms import text_of, values_of
from tests.web.pages import by_id


def jpeg(width=800, height=600):
    body = BytesIO()
    Image.new("RGB", (width, height), "sienna").save(body, "JPEG")
    return body.getvalue()


@pytest.fixture
def draft(person, campaign, client_of):
    """A draft, its owner and their browser."""
    owner_id = person()
    return campaign(owner_id), owner_id, client_of(owner_id)


def content_of(session, draft):
    session.expire_all()
    return queries.owner_campaign(session, draft[0], draft[1]).content


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_saved_as_it_opens_changes_nothing(name, draft, session, parsed):
    campaign_id, _owner, browser = draft
    before, path = content_of(session, draft), f"/mes-projets/{campaign_id}/modifier/{name}"

    answer = browser.post(path, data=values_of(parsed(browser.get(path))) | {"action": "enregistrer"})

    assert answer.status_code == 303
    assert content_of(session, draft) == before


def test_a_section_keeps_what_the_others_say(draft, session, parsed):
    campaign_id, _owner, browser = draft
    before, path = content_of(session, draft), f"/mes-projets/{campaign_id}/modifier/equipe"
    typed = values_of(parsed(browser.get(path)))
    typed |= {"team-0-name": "Nadia Berthault", "team-0-role": "boulangère", "risk_sector": "Le blé peut doubler."}

    answer = browser.post(path, data=typed)

    after = content_of(session, draft)
    assert answer.location.endswith("/modifier/promesses")
    assert (after.title, after.uses, after.rule_preset) == (before.title, before.uses, before.rule_preset)
    assert (after.details.team[0].role, after.details.risks["sector"]) == ("boulangère", "Le blé peut doubler.")


def test_the_whole_page_keeps_the_team(draft, session, parsed):
    campaign_id, _owner, browser = draft
    typed = {"row_version": "1", "risk_other": "Une autorisation peut manquer."}
    browser.post(f"/mes-projets/{campaign_id}/modifier/equipe", data=typed)
    path = f"/mes-projets/{campaign_id}/modifier"

    browser.post(path, data=values_of(parsed(browser.get(path))) | {"title": "Un autre titre", "action": "enregistrer"})

    assert content_of(session, draft).title == "Un autre titre"
    assert content_of(session, draft).details.risks == {"other": "Une autorisation peut manquer."}


def test_what_is_saved_while_one_writes_can_be_sent_by_the_button_too(draft, session, parsed):
    campaign_id, _owner, browser = draft
    path = f"/mes-projets/{campaign_id}/modifier/histoire"
    typed = values_of(parsed(browser.get(path))) | {"story": "Une histoire interrompue au milieu."}

    kept = browser.post(path, data=typed | {"action": "auto"})
    again = browser.post(path, data=typed)

    assert (kept.status_code, again.status_code) == (200, 303)
    assert values_of(parsed(kept))["row_version"] == "2"
    assert "Enregistré le" in text_of(parsed(kept))
    assert content_of(session, draft).story_markdown == "Une histoire interrompue au milieu."


def test_another_version_saved_meanwhile_is_not_written_over(draft, session, parsed):
    campaign_id, _owner, browser = draft
    path = f"/mes-projets/{campaign_id}/modifier/histoire"
    browser.post(path, data={"row_version": "1", "story": "La version de l’autre onglet."})

    answer = browser.post(path, data={"row_version": "1", "story": "La mienne."})

    assert answer.status_code == 422
    assert values_of(parsed(answer))["story"] == "La mienne."
    assert content_of(session, draft).story_markdown == "La version de l’autre onglet."
    assert browser.post(path, data=values_of(parsed(answer))).status_code == 303


def test_an_answer_that_cannot_be_read_is_given_back(draft, session, parsed):
    campaign_id, _owner, browser = draft
    path = f"/mes-projets/{campaign_id}/modifier/promesses"

    answer = browser.post(path, data={"row_version": "1", "jobs_created": "beaucoup", "words": "Du pain."})

    assert answer.status_code == 422
    assert values_of(parsed(answer)) | {"jobs_created": "beaucoup", "words": "Du pain."} == values_of(parsed(answer))
    assert "Saisissez un nombre entier" in text_of(parsed(answer))


def test_an_older_version_is_taken_back_and_the_newer_one_kept(draft, session, make, now):
    campaign_id, owner_id, browser = draft
    before = content_of(session, draft)
    worse = replace(before, story_markdown="Une bien moins bonne histoire.")
    facts = {"campaign_id": campaign_id, "owner_id": owner_id, "row_version": 1, "now": now + 2 * revisions.TOGETHER}
    make.do(lambda session: services.save_draft(session, content=worse, **facts))

    answer = browser.post(f"/mes-projets/{campaign_id}/versions/1")

    assert answer.status_code == 303
    assert content_of(session, draft) == before
    assert revisions.said(session, campaign_id, 2) == worse
    assert [one.number for one in revisions.own(session, campaign_id, owner_id)] == [3, 2, 1]


def test_a_copy_says_the_same_and_ends_on_no_day(draft, session):
    campaign_id, owner_id, browser = draft
    before = content_of(session, draft)

    answer = browser.post(f"/mes-projets/{campaign_id}/copier")

    assert answer.status_code == 303
    (copy,) = (one for one in queries.owner_campaigns(session, owner_id) if one.campaign_id != campaign_id)
    assert (copy.title, copy.ends_on, copy.state) == (before.title, None, "draft")


def test_a_photograph_is_added_shown_to_everybody_by_its_name_and_taken_away(draft, session, parsed, client_of):
    campaign_id, _owner, browser = draft
    path = f"/mes-projets/{campaign_id}/photos"

    sent = browser.post(path, data={"photo": (BytesIO(jpeg()), "four.jpg"), "alt": "Le four à bois"})
    (photo,) = content_of(session, draft).details.photos
    seen = client_of().get(f"/photos/{photo.small}.webp")
    browser.post(f"{path}/{photo.large}/retirer")

    assert sent.status_code == 303
    assert (seen.status_code, seen.mimetype) == (200, "image/webp")
    assert (seen.headers["X-Content-Type-Options"], seen.headers["Cache-Control"]) == (
        "nosniff",
        "private, max-age=86400",
    )
    assert content_of(session, draft).details.photos == ()


@pytest.mark.parametrize(
    "refused",
    [
        (jpeg(), "", "alt"),
        (b"<svg/>", "Le four à bois", "photo"),
        (jpeg(100, 100), "Le four à bois", "photo"),
        (b"", "Le four à bois", "photo"),
    ],
)
def test_a_photograph_that_is_refused_says_why_and_nothing_is_kept(refused, draft, session, parsed):
    body, alt, field = refused
    campaign_id, _owner, browser = draft

    answer = browser.post(f"/mes-projets/{campaign_id}/photos", data={"photo": (BytesIO(body), "four.jpg"), "alt": alt})

    assert answer.status_code == 422
    assert [one for one in parsed(answer).iter("p") if one.get("id") == f"{field}-error"]
    assert values_of(parsed(answer))["alt"] == alt
    assert session.scalar(select(func.count()).select_from(Picture)) == 0
    assert content_of(session, draft).details.photos == ()


def test_a_request_that_is_too_large_is_refused_before_it_is_read(draft, client):
    answer = client.post(
        f"/mes-projets/{draft[0]}/photos", data=bytes(12_000_000), content_type="multipart/form-data; boundary=four"
    )

    assert answer.status_code == 413


@pytest.mark.untimed
@pytest.mark.parametrize("name", SECTIONS)
def test_no_section_breaks_on_what_is_typed(name, draft, parsed):
    campaign_id, _owner, browser = draft
    path = f"/mes-projets/{campaign_id}/modifier/{name}"
    for junk in ("\x00", "🙂" * 150, "' OR 1=1", "<b>", "-1", "1e400", "9" * 30):
        typed = values_of(parsed(browser.get(path)))
        hostile = {
            field: junk for field in typed if field not in {"csrf_token", "row_version", "action", "suite", "langue"}
        }

        answer = browser.post(path, data=typed | hostile)

        assert answer.status_code in {303, 422}
        if answer.status_code == 422:
            kept = values_of(parsed(answer))
            lost = {field: kept[field] for field in hostile if kept.get(field) and kept[field] != junk.strip("\x00")}
            assert lost == {}


def test_every_save_is_noted_and_saves_together_are_one(draft, session):
    campaign_id, _owner, browser = draft
    path = f"/mes-projets/{campaign_id}/modifier/histoire"

    for version in (1, 2, 3):
        browser.post(path, data={"row_version": str(version), "story": f"La version {version} de mon histoire."})

    kept = session.scalars(select(CampaignRevision).where(CampaignRevision.campaign_id == campaign_id)).all()
    assert [one.content["story_markdown"] for one in kept] == ["La version 3 de mon histoire."]


def test_a_first_day_is_kept_and_what_is_none_is_given_back(draft, session, parsed):
    campaign_id, _owner, browser = draft
    path = f"/mes-projets/{campaign_id}/modifier/argent"
    typed = values_of(parsed(browser.get(path))) | {"action": "enregistrer"}

    for wrong in ("bientôt", "31/02/2027", "01/01/0001", "01/01/9999"):
        answer = browser.post(path, data=typed | {"opens_on": wrong})
        page = parsed(answer)
        assert answer.status_code == 422
        assert by_id(page, "opens_on-error") is not None
        assert by_id(page, "opens_on").get("value") == wrong
    assert browser.post(path, data=typed | {"opens_on": "7/12/2026"}).status_code == 303

    assert content_of(session, draft).opens_on == date(2026, 12, 7)


def test_a_first_day_too_far_away_is_said_at_its_field_when_it_is_sent(draft, parsed):
    campaign_id, _owner, browser = draft
    path = f"/mes-projets/{campaign_id}/modifier"
    typed = values_of(parsed(browser.get(path))) | {"opens_on": "31/03/2027", "action": "envoyer"}

    answer = browser.post(path, data=typed)

    assert answer.status_code == 422
    assert "Une collecte ouvre dans les 60 jours" in text_of(by_id(parsed(answer), "opens_on-error"))
