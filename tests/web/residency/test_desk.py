"""The administrators' desk: a picture beside the claim, letters in a batch, conflicts, revocation."""

import pypdfium2
import pytest
from sqlalchemy import select

from marketplace.residency import queries
from marketplace.residency.models import ProofPage, ResidenceConflict, ResidenceLetter
from tests.factories.proofs import PICTURE
from tests.web.pages import parse, text_of

HERE = "/moderation/residences"


@pytest.fixture
def enter(visit, sign_in):
    """Open a browser of an account."""

    def opened(account):
        visitor = visit()
        sign_in(visitor.browser, account)
        return visitor

    return opened


@pytest.fixture
def judge(enter, make):
    """A browser of an administrator."""
    return enter(make.account(administrator=True))


def test_the_picture_stands_beside_the_claim_and_goes_with_the_decision(judge, make, session):
    camille = make.account(level=1, name="Camille Durand")
    request = make.request(camille)
    assert "Camille Durand" in judge.get(HERE).text

    tree = parse(judge.get(f"{HERE}/{request}"))

    said = text_of(tree)
    assert "Poitiers (Vienne)" in said
    assert "Détruites dès votre décision" in said
    (picture,) = [element for element in tree.iter("img") if "/pages/" in (element.get("src") or "")]
    assert {button.get("accesskey") for button in tree.iter("button")} >= {"j", "r"}
    shown = judge.get(picture.get("src"))
    assert shown.data == PICTURE
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Content-Security-Policy"].endswith("sandbox")
    assert shown.headers["Content-Disposition"].startswith("attachment")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert judge.post(f"{HERE}/{request}/justificatif").status_code == 303
    assert judge.get(picture.get("src")).status_code == 404
    assert session.scalars(select(ProofPage)).all() == []
    assert queries.home(session, camille.id).level == 3


def test_nobody_else_sees_a_picture(enter, make):
    camille = make.account(level=1)
    request = make.request(camille)
    own_judge = make.account(level=1, administrator=True)
    own = make.request(own_judge)

    for who, path in ((camille, request), (make.account(), request), (own_judge, own)):
        assert enter(who).get(f"{HERE}/{path}/pages/1").status_code in {403, 404}


def test_two_looks_are_asked_of_two_administrators(judge, enter, make, session):
    camille = make.account(level=1)
    request = make.request(camille, by_two=True)
    assert "deux administrateurs doivent accepter" in judge.get(f"{HERE}/{request}").text

    assert judge.post(f"{HERE}/{request}/justificatif").status_code == 303

    assert "Vous avez déjà accepté" in judge.get(f"{HERE}/{request}").text
    assert judge.post(f"{HERE}/{request}/justificatif").status_code == 422
    second = enter(make.account(administrator=True))
    assert "Un premier administrateur a accepté" in second.get(f"{HERE}/{request}").text
    assert second.post(f"{HERE}/{request}/justificatif").status_code == 303
    assert queries.home(session, camille.id).level == 3


@pytest.mark.untimed  # a PDF is made, and read
def test_letters_are_printed_in_one_file_then_posted(judge, make, session):
    assert judge.post("/moderation/lettres/imprimer").status_code == 303
    for number, street in enumerate(("12 rue des Feuillants", "14 rue des Feuillants")):
        make.letter(make.account(level=1, name=f"Camille Durand {'AB'[number]}"), street=street)
    assert "Imprimer les lettres" in judge.get("/moderation/lettres").text

    printed = judge.post("/moderation/lettres/imprimer")

    assert printed.status_code == 200
    assert printed.content_type == "application/pdf"
    assert printed.headers["Cache-Control"] == "no-store"
    document = pypdfium2.PdfDocument(printed.data)
    words = [page.get_textpage().get_text_range() for page in document]
    assert len(words) == 2
    assert "12 RUE DES FEUILLANTS" in words[0]
    assert "86000 POITIERS" in words[1]
    # The address is in the window of the envelope: 100 to 200 mm from the left, 45 to 90 mm from the top.
    address = document[0].get_textpage().search("FEUILLANTS").get_next()
    left, bottom, _right, top = document[0].get_textpage().get_charbox(address[0])
    assert 100 < left / 72 * 25.4 < 200
    assert 45 < (842 - top) / 72 * 25.4 < 90
    assert bottom < top
    assert "imprimées, à poster" in judge.get("/moderation/lettres").text
    assert judge.post("/moderation/lettres/postees").status_code == 303
    assert session.scalars(select(ResidenceLetter.address)).all() == [None, None]
    assert "Aucune lettre" in judge.get("/moderation/lettres").text


def test_a_household_keeps_both_and_otherwise_one_loses(judge, make, session):
    holder, newcomer, other = (
        make.account(name="Camille Un"),
        make.account(level=1, name="Camille Deux"),
        make.account(),
    )
    household, theft = make.conflict(newcomer, holder), make.conflict(other, holder)
    listed = judge.get("/moderation/conflits").text
    assert "Camille Un" in listed
    assert holder.email not in listed

    assert judge.post(f"/moderation/conflits/{household}/deux").status_code == 303
    here = f"/moderation/conflits/{theft}/{other.id}"
    assert "Ce qui suivra" in judge.get(here).text
    assert judge.post(here).status_code == 422
    assert judge.post(here, reason="proof_of_another").status_code == 303

    outcomes = session.scalars(select(ResidenceConflict.outcome).order_by(ResidenceConflict.id)).all()
    assert outcomes == ["both", "holder"]
    assert [queries.home(session, one.id).level for one in (holder, newcomer, other)] == [3, 1, 0]


@pytest.mark.untimed  # the first campaign of a process reads the whole country
def test_a_revocation_shows_what_follows_before_it_happens(judge, enter, make, session):
    pledge = make.pledge(state="reflecting")
    camille = pledge.backer
    here = f"{HERE}/lien/{make.link_of(camille)}/revocation"
    found = judge.get(f"{HERE}/registre?adresse={camille.email}").text
    assert here in found

    page = judge.get(here).text

    assert "Un four à bois pour le fournil" in page
    assert "Sera annulé" in page
    assert judge.post(here).status_code == 422
    assert make.row(*pledge.ids.values()).state == "reflecting"
    assert judge.post(here, reason="proof_false").status_code == 303
    assert make.row(*pledge.ids.values()).state == "withdrawn"
    own = enter(camille).get("/mon-compte/residence").text
    assert "Révoquée" in own
    assert "Le justificatif s’est révélé faux." in own
    assert "Présenter un justificatif" in own
    assert judge.post(here, reason="proof_false").status_code == 422


def test_the_register_counts_and_says_what_is_destroyed(judge, make):
    make.request(make.account(level=1))

    page = judge.get(f"{HERE}/registre").text

    assert "images gardées en ce moment" in page
    assert "Ce qui est détruit, et quand" in page
    assert "Aucun compte n’a cette adresse" in judge.get(f"{HERE}/registre?adresse=personne@ici.fr").text
