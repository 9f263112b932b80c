"""Staff watch the money: what needs somebody is listed with its next step, and two things can be done about it."""

from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from marketplace.core.audit import AuditEvent
from marketplace.payments.models import StrayPayment
from marketplace.pledges import collector, payback
from marketplace.pledges.models import SettlementJob
from marketplace.pledges.rules import LEASE
from marketplace.web.messages import SENTENCES
from tests import trees
from tests.factories import HOUR

PAGE = "/moderation/argent"


def text_of(tree):
    return " ".join("".join(tree.itertext()).split())


def words_of(answer):
    """Return an answer with plain spaces, whatever the page puts before a colon."""
    return " ".join(answer.get_data(as_text=True).split())


@pytest.fixture
def desk(client_of, person):
    return client_of(person("Modératrice", administrator=True))


@pytest.fixture
def read(desk, tree_of):
    return lambda path=PAGE, status=200: text_of(tree_of(desk.get(path), status))


@pytest.fixture
def tree_of():
    def parse(response, status=200):
        assert response.status_code == status
        return trees.parse(response.text)

    return parse


@pytest.fixture
def logged(session):
    def acts():
        session.expire_all()
        return [(event.action, event.details) for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]

    return acts


def retry(desk, pledge):
    return desk.post(f"{PAGE}/engagements/{pledge.campaign_id}/{pledge.id}/relance")


def test_where_nothing_waits_the_page_says_so_and_the_desk_leads_there(read, desk):
    assert "Tout avance" in read()
    assert PAGE in desk.get("/moderation").get_data(as_text=True)


def test_a_dispute_is_listed_with_its_reason_its_date_and_what_is_frozen(make, read):
    pledge = make.pledge(state="disputed")

    page = read()

    assert "Paiements contestés (1)" in page
    assert "dit ne pas avoir payé" in page
    assert make.row(**pledge.ids).dispute_answer_by is not None
    assert "L’argent est gelé ici." in page


def test_a_refund_that_failed_is_retried_and_the_act_is_in_the_log(make, read, desk, logged):
    pledge = make.pledge(state="refund_failed")
    assert "le paiement est contesté" in read()

    answer = retry(desk, pledge)

    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert make.row(**pledge.ids).state == "refunding"
    assert logged()[-1] == ("money.retry", {"campaign": str(pledge.campaign_id), "errand": "refund"})
    assert retry(desk, pledge).status_code == 422, "once: it is under way"


def put_off(session, pledge, *, until, tries=3):
    same = (SettlementJob.pledge_id == pledge.id, SettlementJob.state == "open")
    session.execute(update(SettlementJob).where(*same).values(due_at=until, tries=tries))
    session.commit()


def test_what_was_put_off_often_is_listed_and_runs_at_once_when_asked(make, read, desk, session, now):
    pledge = make.pledge(state="charging")
    put_off(session, pledge, until=now + HOUR)
    page = read()
    assert "Opérations qui n’aboutissent pas (1)" in page
    assert "3 essais" in page

    assert retry(desk, pledge).status_code == 303

    session.expire_all()
    due = session.scalars(select(SettlementJob.due_at).where(SettlementJob.pledge_id == pledge.id)).one()
    assert due < now + HOUR / 2


def test_what_somebody_may_be_running_is_left_alone(make, desk, session, now, logged):
    pledge = make.pledge(state="charging")
    put_off(session, pledge, until=now + LEASE)
    before = logged()

    answer = retry(desk, pledge)

    assert answer.status_code == 422
    assert str(SENTENCES["nothing_to_retry"]) in words_of(answer)
    assert logged() == before


def test_an_owner_who_has_spent_what_is_to_be_given_back(make, read, desk, gateway):
    pledge = make.pledge(state="transferred")
    gateway.pay_out(gateway.transfers[make.row(**pledge.ids).transfer_id].recipient_id)
    make.do(partial(payback.give_back, **pledge.ids, cause="refund_decided", now=pledge.at))
    assert collector.run_one(make.database, gateway, **pledge.ids, now=pledge.at) == "refused"

    page = read()

    assert "Reprises refusées (1)" in page
    assert "solde insuffisant" in page
    assert f"{PAGE}/engagements/{pledge.campaign_id}/{pledge.id}/remboursement" in desk.get(PAGE).text


def test_an_owner_who_cannot_be_paid(make, read):
    campaign = make.campaign(state="funded")

    page = read()

    assert "Porteurs à qui l’on ne peut pas verser (1)" in page
    assert "Pas de compte" in page
    make.recipient(campaign.id)
    assert "Tout avance" in read()


@pytest.mark.parametrize("how", ["", "nonsense", "given_back' OR 1=1"])
def test_a_stray_payment_wants_a_known_answer(how, make, desk, session, logged):
    campaign = make.campaign()
    payment = make.stray(campaign)
    before = logged()

    answer = desk.post(f"{PAGE}/paiements/{campaign.id}/{payment}", {"how": how})

    assert answer.status_code == 422
    assert str(SENTENCES["settled_how_missing"]) in words_of(answer)
    session.expire_all()
    assert session.scalars(select(StrayPayment.settled_at)).one() is None
    assert logged() == before


def test_a_stray_payment_is_settled_once_with_what_was_done(make, read, desk, session, logged):
    campaign = make.campaign()
    payment = make.stray(campaign)
    path = f"{PAGE}/paiements/{campaign.id}/{payment}"
    assert "Paiements que personne n’attendait (1)" in read()
    assert payment in read(path)

    answer = desk.post(path, {"how": "given_back"})

    assert answer.status_code == 303
    session.expire_all()
    assert session.scalars(select(StrayPayment.settled_at)).one() is not None
    action, details = logged()[-1]
    assert (action, details["how"], details["payment"]) == ("money.settle_stray", "given_back", payment)
    assert desk.post(path, {"how": "given_back"}).status_code == 404
    assert desk.get(path).status_code == 404
    assert "Tout avance" in read()


def test_nobody_settles_the_money_of_their_own_campaign(make, client_of, person, people, session):
    mine = person("Porteuse et modératrice", administrator=True)
    campaign = make.campaign(owner=people[mine])
    payment = make.stray(campaign)

    answer = client_of(mine).post(f"{PAGE}/paiements/{campaign.id}/{payment}", {"how": "given_back"})

    assert answer.status_code == 422
    assert str(SENTENCES["own_campaign"]) in words_of(answer)
    assert session.scalars(select(StrayPayment.settled_at)).one() is None


@pytest.mark.parametrize("path", ["paiements/{campaign}/pi_unknown", "paiements/{other}/pi_x"])
def test_what_is_not_there_is_not_found(path, make, desk):
    campaign = make.campaign()
    here = f"{PAGE}/" + path.format(campaign=campaign.id, other=uuid4())

    assert desk.get(here).status_code == 404
    assert desk.post(here, {"how": "given_back"}).status_code == 404
