"""Giving a proof through the pages: each failure is named and a person is offered; a code by post."""

import io

import pytest
import zxingcpp
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from marketplace.residency import letters, queries
from marketplace.residency.models import ProofPage, ResidenceAttempt, ResidenceRequest
from tests.factories import HOUR
from tests.factories.proofs import KEYRING
from tests.signed_bills import authority, fresh, page, photograph, saved
from tests.web.pages import by_class, parse, text_of

HERE = "/mon-compte/residence"
PAGE = f"{HERE}/justificatif"
pytestmark = pytest.mark.untimed  # a process is started for each file


@pytest.fixture
def camille(visit, make, sign_in):
    """A browser, and its account: Camille D., who declared Poitiers."""
    account = make.account(level=1, name="Camille D.")
    visitor = visit()
    sign_in(visitor.browser, account)
    return visitor, account


@pytest.fixture(autouse=True)
def trusted(app, monkeypatch):
    """An installation that believes the throw-away authority."""
    monkeypatch.setitem(app.extensions, "mitoyen_trust", lambda: authority().trust)


def give(visitor, data: bytes, name: str = "facture.pdf", answer: str = "code", **typed):
    token = visitor.csrf(visitor.browser)
    # Encoded here: the client would write a large body to a file, and leave it open.
    boundary, body = encode_multipart(
        {"csrf_token": token, "answer": answer, "file": FileStorage(io.BytesIO(data), name), **typed}
    )
    return visitor.browser.post(PAGE, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def test_a_photograph_of_a_signed_bill_proves_at_once(camille, session, now):
    visitor, account = camille
    assert "Lire le code signé" in visitor.get(PAGE).text

    answer = give(visitor, photograph(page(fresh(now).text())), "photo.jpg")

    assert answer.status_code == 303
    assert queries.home(session, account.id).level == 3
    said = visitor.get(HERE).text
    assert "Justifiée" in said
    assert "Facture signée\u00a0: acceptée" in said
    assert session.scalars(select(ProofPage)).all() == []


@pytest.mark.parametrize(
    ("make_file", "words"),
    [
        (lambda now: saved(page(fresh(now, name="MME/SPECIMEN/NATACHA").text())), "n’est pas celui de votre compte"),
        (lambda now: saved(page(None), "PNG"), "Aucun code 2D-Doc"),
        (
            lambda _now: saved(page("https://exemple.fr", kind=zxingcpp.BarcodeFormat.QRCode), "PNG"),
            "pas un code 2D-Doc signé",
        ),
        (lambda now: saved(page(fresh(now).text().replace("86000", "86001"))), "a été modifié, ou mal lu"),
        (lambda _now: b"", "Ce fichier est vide"),
        (lambda _now: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ni un PDF, ni une image"),
    ],
    ids=["another name", "no code", "another code", "tampered", "empty", "svg"],
)
def test_each_failure_is_named_and_a_person_is_offered(camille, session, now, make_file, words):
    visitor, account = camille

    answer = give(visitor, make_file(now))

    assert answer.status_code == 422
    tree = parse(answer)
    assert words in " ".join(text_of(error) for error in by_class(tree, "error"))
    assert "Faire vérifier par une personne" in text_of(tree)
    assert queries.home(session, account.id).level == 1
    assert len(session.scalars(select(ResidenceAttempt.reason)).all()) == 1
    assert session.scalars(select(ProofPage)).all() == []
    assert "Facture signée\u00a0: refusée" in visitor.get(HERE).text


def test_a_document_is_handed_over_to_a_person(camille, session, now):
    visitor, _account = camille

    answer = give(visitor, saved(page(None)), answer="personne", by_two="y")

    assert answer.status_code == 303
    request = session.scalars(select(ResidenceRequest)).one()
    assert (request.pages, request.by_two) == (1, True)
    (sealed,) = session.scalars(select(ProofPage.content))
    assert b"\xff\xd8\xff" not in sealed
    assert "attend un administrateur" in visitor.get(HERE).text
    again = give(visitor, saved(page(None)), answer="personne")
    assert again.status_code == 422
    assert "déjà entre les mains" in again.text


def test_what_the_machine_cannot_read_goes_on_to_a_person_when_asked(camille, session):
    visitor, _account = camille

    answer = give(visitor, saved(page(None)), hand_over="y")

    assert answer.status_code == 303
    assert session.scalars(select(ResidenceRequest.pages)).all() == [1]
    said = visitor.get(HERE).text
    assert "Aucun code 2D-Doc" in said
    assert "Document envoyé à une personne" in said


def test_a_form_without_a_file_and_one_too_large_are_refused(camille, session):
    visitor, _account = camille

    assert visitor.post(PAGE, answer="code").status_code == 422
    large = give(visitor, b"%PDF-1.7" + b"x" * (5 * 1024 * 1024))
    assert large.status_code == 422
    assert "dépasse 5 Mo" in large.text
    assert give(visitor, b"%PDF-1.7" + b"x" * 7_000_000).status_code == 413
    # Other forms take no more than before.
    assert visitor.post(f"{HERE}/lettre", name="x" * 1_100_000).status_code == 413


def test_documents_are_counted_by_the_day(camille):
    visitor, _account = camille
    for _ in range(10):
        assert give(visitor, b"").status_code == 422

    assert give(visitor, b"").status_code == 429


def test_a_letter_is_asked_for_posted_and_its_code_entered(camille, make, session, now):
    visitor, account = camille
    assert "Poitiers" in visitor.get(f"{HERE}/lettre").text
    typed = {"name": "Camille Durand", "street": "12 rue des Feuillants", "more": "", "postcode": "86000"}
    refused = visitor.post(f"{HERE}/lettre", **{**typed, "postcode": "79000"})
    assert refused.status_code == 422
    assert 'value="12 rue des Feuillants"' in refused.text

    assert visitor.post(f"{HERE}/lettre", **typed).status_code == 303

    assert "Vous recevrez un courriel quand elle sera postée" in visitor.get(HERE).text
    judge = make.administrator().id
    (printed,) = make.do(
        lambda session: letters.print_all(session, keyring=KEYRING, administrator_id=judge, now=now + HOUR)
    )
    make.do(lambda session: letters.post_all(session, administrator_id=judge, now=now + HOUR))
    wrong = visitor.post(f"{HERE}/code", code="2222 2222")
    assert wrong.status_code == 422
    assert "Il reste 4 essais" in wrong.text.replace("\u00a0", " ")
    assert visitor.post(f"{HERE}/code", code="").status_code == 422
    assert visitor.post(f"{HERE}/code", code=printed.code).status_code == 303
    assert queries.home(session, account.id).level == 2
    assert "Code postal confirmé" in visitor.get(HERE).text


def test_who_has_no_commune_is_sent_to_declare_one(visit, make, sign_in):
    visitor = visit()
    sign_in(visitor.browser, make.account(level=0))

    for path in (PAGE, f"{HERE}/lettre"):
        assert visitor.get(path).status_code == 303
    assert visitor.post(f"{HERE}/code", code="x").status_code == 303
