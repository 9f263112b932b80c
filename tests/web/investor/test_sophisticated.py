"""Asking for less protection, and the administrators who decide on it."""

import pytest
from sqlalchemy import select

from marketplace.core.audit import AuditEvent
from marketplace.core.mail import MailMessage
from marketplace.investors.models import SophisticatedRequest
from tests.arranged import arranged
from tests.factories.investors import words
from tests.web.pages import by_class, by_id, links, parse, text_of

HERE = "/mon-compte/investisseur"
STAFF = "/moderation/investisseurs"
AGREED = {
    "warned": "y",
    "liable": "y",
    "warning_words": words("sophisticated_warning"),
    "liability_words": words("sophisticated_liability"),
}
WEALTHY = {"income": "60 000", "executive_months": "12"}


@arranged
def person(make):
    return make.account(name="Camille Durand")


@pytest.fixture
def camille(reader_of, person):
    return reader_of(person)


@pytest.fixture
def judge(reader_of, make):
    return reader_of(make.account(administrator=True))


def test_two_criteria_make_a_request_and_no_figure_is_kept(camille, session):
    sent = camille.post(f"{HERE}/averti", **WEALTHY, **AGREED)

    assert sent.status_code == 303
    asked = session.scalars(select(SophisticatedRequest)).one()
    assert (asked.criteria, asked.outcome) == (["means", "profession"], None)
    assert asked.warning_sha256 == words("sophisticated_warning")
    assert not [one for one in asked.__table__.columns if "60000" in str(getattr(asked, one.name))]
    assert "Demande en attente" in text_of(camille.page(HERE))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"portfolio": "100 000", "transactions": "40"}, None),
        ({"income": "60 000", "portfolio": "150 000"}, None),
        ({**WEALTHY, "warned": ""}, "warned"),
        ({**WEALTHY, "liable": ""}, "liable"),
        ({**WEALTHY, "income": "beaucoup"}, "income"),
        ({**WEALTHY, "executive_months": "-1"}, "executive_months"),
        ({**WEALTHY, "finance_months": "un an"}, "finance_months"),
        ({**WEALTHY, "warning_words": "0" * 64}, None),
    ],
)
def test_what_is_not_enough_is_said_and_kept(camille, session, typed, field):
    refused = camille.post(f"{HERE}/averti", **AGREED | typed)
    page = parse(refused)

    assert refused.status_code == 422
    assert by_class(page, "summary")
    if field:
        assert by_id(page, f"{field}-error") is not None
    for name in ("income", "portfolio", "executive_months", "transactions"):
        assert by_id(page, name).get("value") == typed.get(name, "")
    assert session.scalars(select(SophisticatedRequest)).all() == []


def test_one_request_at_a_time(camille):
    camille.post(f"{HERE}/averti", **WEALTHY, **AGREED)

    again = camille.post(f"{HERE}/averti", **WEALTHY, **AGREED)

    assert again.status_code == 422
    assert "déjà entre les mains" in again.text


def test_granted_for_two_years_told_logged_and_given_up_in_one_click(camille, judge, make, person, session):
    asked = make.asked_category(person)
    listed = text_of(judge.page(STAFF))
    assert "Camille Durand" in listed
    assert "Revenu ou patrimoine financier ; Métier de la finance" in listed

    assert judge.post(f"{STAFF}/{asked}/accord").status_code == 303

    assert "Vous êtes investisseur averti jusqu’au" in text_of(camille.page(HERE))
    assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first() == (
        "investor.sophisticated_granted"
    )
    assert "En cours de validité" in text_of(judge.page(STAFF))
    assert judge.post(f"{STAFF}/{asked}/accord").status_code == 422
    assert camille.post(f"{HERE}/non-averti").status_code == 303
    assert "Demander à être investisseur averti" in links(camille.page(HERE))


def test_a_refusal_gives_a_reason_and_the_person_reads_it(camille, judge, make, person):
    asked = make.asked_category(person)
    assert judge.post(f"{STAFF}/{asked}/refus").status_code == 422
    assert judge.post(f"{STAFF}/{asked}/refus", reason="because").status_code == 422

    assert judge.post(f"{STAFF}/{asked}/refus", reason="evidence_missing").status_code == 303

    assert "Nous n’avons pas reçu les pièces" in text_of(camille.page(HERE))
    assert "Camille Durand" not in text_of(judge.page(STAFF))


def test_who_no_longer_meets_the_conditions_is_protected_again(camille, judge, make, person):
    make.sophisticated(person)
    asked = make.do(lambda session: session.scalars(select(SophisticatedRequest.id)).one())

    assert judge.post(f"{STAFF}/{asked}/fin").status_code == 303

    assert "Demander à être investisseur averti" in links(camille.page(HERE))


def test_nobody_decides_for_themselves(reader_of, make):
    staff = make.account(administrator=True)
    asked, reader = make.asked_category(staff), reader_of(staff)

    assert "un autre administrateur" in text_of(reader.page(STAFF))
    assert reader.post(f"{STAFF}/{asked}/accord").status_code == 422
    assert reader.post(f"{STAFF}/{asked}/refus", reason="evidence_missing").status_code == 422


def test_an_organisation_asks_through_its_mandate(make, reader_of, judge, session):
    scierie = make.organisation()
    manager, stranger = reader_of(scierie.manager), reader_of(make.account())
    path = f"{HERE}/averti?pour={scierie.id}"
    assert stranger.get(path).status_code == 404
    assert "La scierie du Clain" in text_of(manager.page(HERE))
    assert "Pour La scierie du Clain" in text_of(manager.page(path))

    little = manager.post(path, own_funds="99 999,99", **AGREED)
    enough = manager.post(path, own_funds="100 000", **AGREED)

    assert (little.status_code, enough.status_code) == (422, 303)
    assert "aucun des trois critères" in little.text
    asked = session.scalars(select(SophisticatedRequest)).one()
    assert (asked.organisation_id, asked.criteria) == (scierie.id, ["own_funds"])
    assert "La scierie du Clain" in text_of(judge.page(STAFF))
    judge.post(f"{STAFF}/{asked.id}/accord")
    assert "Investisseur averti" in text_of(manager.page(HERE))
    assert manager.post(f"{HERE}/non-averti?pour={scierie.id}").status_code == 303


def test_no_mail_says_what_somebody_owns(camille, session):
    camille.post(f"{HERE}/averti", **WEALTHY, **AGREED)

    assert [mail for mail in session.scalars(select(MailMessage.text)) if "60" in mail] == []
