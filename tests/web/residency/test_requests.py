"""The administrators' list: one button, a refusal with a reason, never for oneself."""

import pytest
from sqlalchemy import select

from marketplace.core.audit import AuditEvent
from marketplace.core.db import uuid7
from marketplace.residency import queries, services
from marketplace.residency.models import ResidenceRequest

PAGE = "/moderation/residences"


@pytest.fixture
def ask(make):
    """Let an account ask for a check."""

    def asked(account):
        return make.do(lambda session: services.ask_verification(session, account_id=account.id, now=make.now))

    return asked


@pytest.fixture
def administrator(visit, make, sign_in):
    visitor = visit()
    sign_in(visitor.browser, make.account(administrator=True, level=1))
    return visitor


def test_only_administrators_see_and_decide(visit, make, sign_in, ask, session):
    request = ask(make.account(level=1))
    member, stranger = visit(), visit()
    sign_in(member.browser, make.account())

    for path in (PAGE, f"{PAGE}/{request}"):
        assert member.get(path).status_code == 403
        assert stranger.get(path).status_code == 303
    for path in (f"{PAGE}/{request}/justificatif", f"{PAGE}/{request}/refus"):
        assert member.post(path, reason="too_old").status_code == 403
        assert stranger.post(path, reason="too_old").status_code == 403
    assert session.get(ResidenceRequest, request).outcome is None


def test_one_button_grants_the_level(administrator, make, ask, session):
    account = make.account(level=1, name="Camille Durand")
    request = ask(account)
    assert "Camille Durand" in administrator.get(PAGE).text
    assert "Justificatif vérifié" in administrator.get(f"{PAGE}/{request}").text

    assert administrator.post(f"{PAGE}/{request}/justificatif").status_code == 303

    assert queries.home(session, account.id).level == 3
    assert "Camille Durand" not in administrator.get(PAGE).text
    assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first() == "residence.verify"
    assert administrator.post(f"{PAGE}/{request}/justificatif").status_code == 422


def test_a_refusal_gives_a_reason_and_the_person_reads_it(administrator, visit, make, sign_in, ask):
    account = make.account(level=1)
    request = ask(account)
    assert "Aucun document n’est joint" in administrator.get(f"{PAGE}/{request}").text
    assert administrator.post(f"{PAGE}/{request}/refus").status_code == 422
    assert administrator.post(f"{PAGE}/{request}/refus", reason="ugly").status_code == 422

    assert administrator.post(f"{PAGE}/{request}/refus", reason="too_old").status_code == 303

    resident = visit()
    sign_in(resident.browser, account)
    page = resident.get("/mon-compte/residence").text
    assert "Le document date de plus de trois mois." in page
    assert "Demander la vérification" in page


def test_an_administrator_may_not_decide_for_themselves(visit, make, sign_in, ask, session):
    account = make.account(administrator=True, level=1)
    request = ask(account)
    administrator = visit()
    sign_in(administrator.browser, account)
    assert "La vôtre" in administrator.get(PAGE).text
    assert "un autre administrateur doit y répondre" in administrator.get(f"{PAGE}/{request}").text

    answer = administrator.post(f"{PAGE}/{request}/justificatif")

    assert answer.status_code == 422
    assert "Vous ne pouvez pas décider pour vous-même" in answer.text
    assert queries.home(session, account.id).level == 1


def test_an_unknown_request_is_not_found(administrator):
    assert administrator.get(f"{PAGE}/{uuid7()}").status_code == 404
    assert administrator.post(f"{PAGE}/{uuid7()}/justificatif").status_code == 404
