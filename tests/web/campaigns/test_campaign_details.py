"""What makes a campaign worth trusting, on its page; and its poster."""

from io import BytesIO

import pypdfium2
import pytest
import zxingcpp

from marketplace.projects import pictures
from marketplace.projects.details import Details, Member, Need, Photo, Promises, Source
from marketplace.projects.uses import Use
from tests.factories import POITIERS
from tests.web.pages import by_class, by_id, text_of


@pytest.fixture
def told(make, now):
    """A campaign that says everything."""
    name = make.do(lambda session: pictures.keep(session, b"RIFF", now=now))
    return make.campaign(
        uses=(Use("Le four", 1_500_00, POITIERS, "Atelier Terre et Flamme"),),
        details=Details(
            sources=(Source("grant", "La Région", 500_00, certain=True),),
            photos=(Photo("Le four, porte ouverte", name, name, 800, 600),),
            team=(Member("Nadia Berthault", "boulangère", "Dix ans de fournil."),),
            risks={"sector": "Le prix du blé peut doubler en un an."},
            promises=Promises(1, 4, 85),
            needs=(Need("tool", "Une remorque", 4),),
        ),
    )


def test_everything_the_owner_says_is_on_the_page(reader, told):
    page = reader.page(f"/collectes/{told.id}")

    assert [image.get("alt") for image in by_class(page, "shot")[0].iter("img")] == ["Le four, porte ouverte"]
    assert "Nadia Berthault, boulangère" in text_of(by_id(page, "projet"))
    assert "Le prix du blé peut doubler en un an." in text_of(by_id(page, "risques"))
    promises = text_of(by_id(page, "promesses"))
    assert all(
        words in promises for words in ("1 emploi créé", "4 emplois maintenus", "85", "Une remorque", "4 heures")
    )
    money = text_of(by_id(page, "argent"))
    assert all(words in money for words in ("Atelier Terre et Flamme", "La Région", "acquis"))


def test_what_is_not_said_has_no_place_on_the_page(reader, make):
    page = reader.page(f"/collectes/{make.campaign().id}")

    assert "L’équipe" not in text_of(by_id(page, "projet"))
    assert [one for one in page.iter("section") if one.get("id") == "promesses"] == []


@pytest.mark.untimed
def test_the_code_of_the_poster_opens_the_page(client, told):
    answer = client.get(f"/collectes/{told.id}/affiche.pdf")

    document = pypdfium2.PdfDocument(BytesIO(answer.data))
    (code,) = zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())
    assert (answer.mimetype, len(document)) == ("application/pdf", 1)
    assert code.text.endswith(f"/collectes/{told.id}")
    assert "Un four à bois pour le fournil" in " ".join(document[0].get_textpage().get_text_range().split())


@pytest.mark.untimed
def test_a_poster_that_is_known_is_not_sent_again(client, told):
    tag = client.get(f"/collectes/{told.id}/affiche.pdf").headers["ETag"]

    again = client.get(f"/collectes/{told.id}/affiche.pdf", headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")


def test_there_is_no_poster_of_a_draft(client, make):
    assert client.get(f"/collectes/{make.campaign(state='draft').id}/affiche.pdf").status_code == 404
