"""Documents beside a collection: added, read by whom they are for, taken away."""

from io import BytesIO
from uuid import uuid4

import pytest

from marketplace.projects import queries, services
from tests.integration.projects.test_files import written
from tests.web.pages import text_of

# A program of its own looks at each file.
pytestmark = pytest.mark.untimed


@pytest.fixture
def draft(session, person, whole, now):
    owner_id = person()
    made = services.create_draft(session, owner_id=owner_id, form_key=uuid4(), content=whole, now=now)
    session.commit()
    return owner_id, made


def give(browser, campaign_id, body=None, **said):
    sent = {"title": "Devis du four", "kind": "quote", **said}
    if body is not None:
        sent["document"] = (BytesIO(body), "devis.pdf")
    return browser.post(f"/mes-projets/{campaign_id}/documents", sent, content_type="multipart/form-data")


def test_a_document_is_added_read_and_taken_away(draft, client_of, parsed, session, person):
    owner_id, campaign_id = draft
    browser, place = client_of(owner_id), f"/mes-projets/{campaign_id}/documents"

    assert give(browser, campaign_id, written(pages=2)).status_code == 303

    shown = text_of(parsed(browser.get(place)))
    assert "Devis du four" in shown
    assert "2 pages" in shown
    assert "Réservé à la relecture" in shown
    (one,) = queries.owner_campaign(session, campaign_id, owner_id).content.details.documents
    file = browser.get(f"{place}/{one.name}.pdf")
    assert (file.data, file.mimetype) == (written(pages=2), "application/pdf")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert client_of(person("Autre")).get(f"{place}/{one.name}.pdf").status_code == 404
    assert browser.post(f"{place}/{one.name}/retirer").status_code == 303
    assert browser.get(f"{place}/{one.name}.pdf").status_code == 404


@pytest.mark.parametrize(
    ("body", "said", "sentence"),
    [
        (None, {}, "Choisissez un document : un fichier PDF."),
        (b"bonjour", {}, "Ce fichier n’est pas un PDF."),
        (written(b"/OpenAction<</S/JavaScript/JS(x)>>"), {}, "Ce PDF contient un script"),
        (b"x", {"title": ""}, "Donnez un titre au document"),
        (b"x", {"kind": "nothing"}, "Choisissez ce qu’est ce document."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(draft, client_of, parsed, body, said, sentence):  # noqa: PLR0917
    owner_id, campaign_id = draft

    answer = give(client_of(owner_id), campaign_id, body, **said)

    tree = parsed(answer)
    assert answer.status_code == 422
    assert sentence in text_of(tree)
    assert any(one.get("value") == said.get("title", "Devis du four") for one in tree.iter("input"))


def test_everybody_reads_what_is_public_and_nothing_else(make, client_of, parsed, people, session):
    owner, judge = make.account(), make.administrator()
    people |= {owner.id: owner, judge.id: judge}
    draft = make.campaign(state="draft", owner=owner)
    browser = client_of(owner.id)
    give(browser, draft.id, written(), everybody="y")
    give(browser, draft.id, written(pages=3), title="Comptes 2025", kind="accounts")
    public, private = queries.owner_campaign(session, draft.id, owner.id).content.details.documents
    live = make.campaign(owner=owner, details=queries.owner_campaign(session, draft.id, owner.id).content.details)

    page = text_of(parsed(client_of().get(f"/collectes/{live.id}")))

    assert "Devis du four" in page
    assert "Ko, 1 page" in page.replace("\u202f", " ").replace("\xa0", " ")
    assert "Comptes 2025" not in page
    place = f"/collectes/{live.id}/documents"
    assert client_of().get(f"{place}/{public.name}.pdf").data == written()
    assert client_of().get(f"{place}/{private.name}.pdf").status_code == 404
    assert client_of(judge.id).get(f"/mes-projets/{live.id}/documents/{private.name}.pdf").status_code == 200
    assert "Comptes 2025" in text_of(parsed(client_of(judge.id).get(f"/moderation/campagnes/{live.id}")))
