"""Signed bills: what they prove, what is kept of them, and what two accounts both give."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.years import year_after
from marketplace.residency import proof_queries, proofs, queries, revocation, services, twod_doc
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import ResidenceConflict, ResidenceLink, SignedUse
from tests.factories import NIORT
from tests.factories.proofs import KEYRING
from tests.signed_bills import authority, fresh


@pytest.fixture
def give(session, now):
    """Let an account give the text of a barcode; return which check failed."""

    def given(account, text, *, at=None, trust=None):
        return proofs.judge(
            session,
            account_id=account.id,
            codes=[text],
            trust=trust or authority().trust,
            keyring=KEYRING,
            now=at or now,
        )

    return given


def test_a_signed_bill_proves_a_commune_for_a_year_and_nothing_of_it_is_kept(make, session, now, give):
    camille, neighbour = make.account(level=1, name="Camille D."), make.account(level=1)

    assert give(camille, fresh(now).text()) is None

    home = queries.home(session, camille.id)
    assert (home.level, home.verified_with, home.verified_at, home.expires_at) == (3, "signed", now, year_after(now))
    assert queries.links_of(session, [camille.id])[camille.id][0].one_look is False
    assert queries.home(session, neighbour.id).level == 1
    use = session.scalars(select(SignedUse)).one()
    assert (use.authority, use.certificate, use.document_type, use.postcode) == ("TT01", "MTYN", "01", "86000")
    assert use.emitted_on == now.date() - timedelta(days=10)
    assert [(one.kind, one.reason) for one in proof_queries.attempts(session, camille.id)] == [("signed", None)]


def test_a_bill_that_does_not_prove_changes_nothing_and_is_noted(make, session, now, give):
    camille = make.account(level=1, name="Camille D.")
    wrong = [
        ("document_not_accepted", {"kind": "02"}),
        ("name_differs", {"name": "MME/SPECIMEN/NATACHA"}),
        ("address_elsewhere", {"postcode": "99999", "locality": "NULLE PART"}),
        ("address_elsewhere", {"postcode": "79000", "locality": "NIORT"}),
    ]

    answers = [give(camille, fresh(now, **changes).text()) for _reason, changes in wrong]

    assert answers == [reason for reason, _changes in wrong]
    assert queries.home(session, camille.id).level == 1
    assert session.scalars(select(SignedUse)).all() == []
    assert sorted(one.reason for one in proof_queries.attempts(session, camille.id)) == sorted(answers)


def test_a_bill_of_an_unknown_authority_proves_nothing(make, session, now, give):
    camille = make.account(level=1, name="Camille D.")

    assert give(camille, fresh(now).text(), trust=twod_doc.bundled()) == "issuer_unknown"

    assert queries.home(session, camille.id).level == 1


def test_the_same_bill_on_a_second_account_opens_a_conflict(make, session, now, give):
    camille, double = make.account(level=1, name="Camille D."), make.account(level=1, name="Camille Durand")
    text = fresh(now).text()
    assert give(camille, text) is None

    assert give(double, text) == "proof_used"
    assert give(double, text) == "proof_used"  # again: still one conflict

    assert queries.home(session, double.id).level == 1
    (conflict,) = proof_queries.conflicts(session)
    assert (conflict.kind, conflict.holder.account_id, conflict.newcomer.account_id) == ("proof", camille.id, double.id)
    assert conflict.holder.email == "p…@e….fr"


def test_another_bill_of_the_same_person_is_noticed_too(make, session, now, give):
    camille, double = make.account(level=1, name="Camille D."), make.account(level=1, name="Camille Durand")
    assert give(camille, fresh(now).text()) is None

    assert give(double, fresh(now, name="DURAND CAMILLE", kind="00").text()) == "proof_used"

    assert [one.kind for one in session.scalars(select(ResidenceConflict))] == ["identity"]


def test_a_household_may_share_a_bill_once_somebody_said_so(make, session, now, give):
    camille, other = make.account(level=1, name="Camille D."), make.account(level=1, name="Camille Durand")
    text = fresh(now).text()
    give(camille, text)
    give(other, text)
    (conflict,) = proof_queries.conflicts(session)

    revocation.keep_both(session, conflict_id=conflict.id, administrator_id=make.administrator().id, now=now)

    assert give(other, text) is None
    assert queries.home(session, other.id).level == 3
    assert proof_queries.conflicts(session) == []


def test_a_signed_bill_lifts_the_limit_of_one_look(make, session, now, give):
    camille = make.account(level=3, name="Camille D.")  # one administrator has seen a document
    assert queries.links_of(session, [camille.id])[camille.id][0].one_look is True

    assert give(camille, fresh(now).text()) is None

    assert queries.links_of(session, [camille.id])[camille.id][0].one_look is False
    with pytest.raises(ResidenceRefused, match="already_verified"):
        give(camille, fresh(now).text())


def test_a_bill_of_before_the_move_proves_nothing_there(make, session, now, give):
    camille = make.account(level=1, name="Camille D.")
    give(camille, fresh(now).text())
    services.move(session, account_id=camille.id, commune_code=NIORT, now=now)

    assert give(camille, fresh(now).text()) == "address_elsewhere"

    assert queries.home(session, camille.id).level == 1
    services.move(session, account_id=camille.id, commune_code="86194", now=now)
    assert give(camille, fresh(now).text()) is None  # one's own bill may be given again
    assert [link.level for link in session.scalars(select(ResidenceLink).order_by(ResidenceLink.id))] == [3, 1, 3]


def test_a_merged_commune_is_its_commune_of_today(make, session, now, give):
    """Paris has one commune and twenty postcodes, each of an arrondissement."""
    camille = make.account(level=1, commune="75056", name="Camille D.")

    assert give(camille, fresh(now, postcode="75012", locality="PARIS").text()) is None
