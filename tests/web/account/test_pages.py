"""Every page of these areas: valid HTML, nothing inline, one title of its own, its form as it should be."""

import pytest
from sqlalchemy import select

from marketplace.core import mail
from marketplace.residency import services
from marketplace.residency.models import ResidenceRequest
from tests.trees import parse
from tests.web.account.visits import ADDRESS

STRANGERS = (
    "/inscription",
    "/inscription/envoyee",
    "/connexion",
    "/mot-de-passe-oublie",
    "/mot-de-passe-oublie/envoye",
    "/mot-de-passe/x",
    "/confirmation/x",
    "/boite",
)
MEMBERS = ("/mon-compte", "/mon-compte/mot-de-passe", "/mon-compte/residence", "/mon-compte/residence/demenagement")


def check(answer):
    document = parse(answer.text)
    assert len(list(document.iter("h1"))) == 1
    for element in document.iter():
        assert "style" not in element.attrib
        assert not any(name.startswith("on") for name in element.attrib)
    for script in document.iter("script"):
        assert script.get("src", "").startswith("/static/")
    for control in document.iter("input"):
        if control.get("type") in {"text", "password"}:
            assert control.get("autocomplete") or control.get("name") == "commune"
            assert any(label.get("for") == control.get("id") for label in document.iter("label"))
    return next(document.iter("title")).text


@pytest.fixture
def staff(visit, make, sign_in):
    visitor = visit()
    sign_in(visitor.browser, make.account(administrator=True, level=1, confirmed=True))
    return visitor


def test_pages_of_strangers(camille):
    titles = [check(camille.get(path)) for path in STRANGERS]

    assert len(set(titles)) == len(STRANGERS) - 1  # the two dead links share theirs


def test_refused_forms(camille):
    for path in ("/inscription", "/connexion", "/mot-de-passe-oublie"):
        assert check(camille.post(path)).startswith("Erreur\u00a0: ")


def test_pages_of_members(member):
    titles = [check(member.get(path)) for path in MEMBERS]

    assert len(set(titles)) == len(MEMBERS)
    for path in ("/mon-compte", "/mon-compte/mot-de-passe", "/mon-compte/residence/demenagement"):
        assert check(member.post(path)).startswith("Erreur\u00a0: ")


def test_pages_behind_links(camille, mailbox, session):
    camille.sign_up()
    check(camille.get(mailbox.link()))
    camille.post(mailbox.link())
    check(camille.get(mailbox.link()))
    camille.post("/mot-de-passe-oublie", email=ADDRESS)
    check(camille.get(mailbox.link()))
    check(camille.post(mailbox.link(), password="court"))
    check(camille.get(f"/boite/{mail.latest(session)[0].id}"))
    check(camille.get("/boite"))


def test_pages_of_staff(staff, make, session):
    check(staff.get("/moderation/residences"))
    account = make.account(level=1)
    make.do(lambda opened: services.ask_verification(opened, account_id=account.id, now=make.now))
    check(staff.get("/moderation/residences"))
    request = session.scalars(select(ResidenceRequest.id).where(ResidenceRequest.outcome.is_(None))).one()
    check(staff.get(f"/moderation/residences/{request}/refus"))
    assert check(staff.post(f"/moderation/residences/{request}/refus")).startswith("Erreur\u00a0: ")


def test_pages_in_every_state_of_a_residence(visit, make, sign_in):
    for level in (0, 1, 3):
        visitor = visit()
        sign_in(visitor.browser, make.account(level=level))
        check(visitor.get("/mon-compte/residence"))
        if level == 1:
            visitor.post("/mon-compte/residence/verification")
            check(visitor.get("/mon-compte/residence"))
