"""Two looks, revocation with what follows, conflicts, reminders, and what time destroys."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace.core.audit import AuditEvent
from marketplace.core.errors import NotFound
from marketplace.core.sealing import Keyring, Unsealable
from marketplace.pledges import revocation as pledges
from marketplace.residency import proof_queries, proofs, queries, revocation, services, upkeep
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import ProofPage, ResidenceAttempt, ResidenceLink, ResidenceRequest
from tests.arranged import arranged
from tests.factories import DAY, NIORT
from tests.factories.proofs import KEYRING, PICTURE


@arranged
def judge(make):
    return make.administrator()


def revoke(session, make, account, judge, now):
    link = make.link_of(account)
    owner = revocation.revoke(session, link_id=link, administrator_id=judge.id, reason="proof_false", now=now)
    return owner, pledges.cancel(session, account_id=owner, administrator_id=judge.id, now=now)


def test_a_picture_is_seen_by_who_may_decide_and_goes_with_the_decision(make, session, now, judge):
    camille = make.account(level=1)
    request = make.request(camille)
    assert PICTURE not in session.scalars(select(ProofPage.content)).one()

    seen = proof_queries.picture(session, request_id=request, number=1, administrator_id=judge.id, keyring=KEYRING)

    assert seen == PICTURE
    for number, who in ((2, judge.id), (1, camille.id)):
        with pytest.raises(NotFound):
            proof_queries.picture(session, request_id=request, number=number, administrator_id=who, keyring=KEYRING)
    services.verify(session, request_id=request, administrator_id=judge.id, now=now)
    assert session.scalars(select(ProofPage)).all() == []
    assert session.get_one(ResidenceRequest, request).destroyed_at == now
    with pytest.raises(NotFound):
        proof_queries.picture(session, request_id=request, number=1, administrator_id=judge.id, keyring=KEYRING)


def test_above_5000_euros_two_administrators_must_agree(make, session, now, judge):
    camille, second = make.account(level=1), make.account(administrator=True)
    request = make.request(camille, by_two=True)

    assert services.verify(session, request_id=request, administrator_id=judge.id, now=now) is False
    assert queries.home(session, camille.id).level == 1
    with pytest.raises(ResidenceRefused, match="same_administrator"):
        services.verify(session, request_id=request, administrator_id=judge.id, now=now)
    assert session.scalars(select(ProofPage)).all() != []
    assert services.verify(session, request_id=request, administrator_id=second.id, now=now) is True

    link = queries.links_of(session, [camille.id])[camille.id][0]
    assert (link.level, link.one_look) == (3, False)
    row = session.get_one(ResidenceLink, link.id)
    assert (row.verified_by, row.seconded_by) == (judge.id, second.id)
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions[-2:] == ["residence.first_look", "residence.verify"]


def test_either_of_two_may_refuse(make, session, now, judge):
    second = make.account(administrator=True)
    for refuser in (judge, second):
        request = make.request(make.account(level=1), by_two=True)
        services.verify(session, request_id=request, administrator_id=judge.id, now=now)

        services.refuse(session, request_id=request, administrator_id=refuser.id, reason="too_old", now=now)

        assert session.get_one(ResidenceRequest, request).outcome == "refused"
    assert session.scalars(select(ProofPage)).all() == []


def test_who_was_seen_once_may_ask_for_a_second_look(make, session, now):
    camille = make.account(level=3)

    with pytest.raises(ResidenceRefused, match="already_verified"):
        make.request(camille)
    make.request(camille, by_two=True)

    assert queries.home(session, camille.id).request == "pending"


@pytest.mark.untimed  # the first campaign of a process reads the whole country
def test_a_revocation_cancels_what_could_be_withdrawn_and_leaves_the_rest(make, session, now, judge):
    camille, neighbour, campaign = make.account(), make.account(), make.campaign()
    firm = make.pledge(state="confirmed", campaign=campaign, backer=camille)
    fresh = make.pledge(state="reflecting", campaign=campaign, backer=camille)
    reserved = make.pledge(state="card_pending", campaign=campaign, backer=camille)
    gone = make.pledge(state="withdrawn", campaign=campaign, backer=camille)
    other = make.pledge(state="reflecting", campaign=campaign, backer=neighbour)

    foreseen = pledges.consequences(session, account_id=camille.id, now=now + DAY)
    owner, cancelled = revoke(session, make, camille, judge, now + DAY)

    assert {(one.pledge_id, one.cancelled) for one in foreseen} == {
        (firm.id, False),
        (fresh.id, True),
        (reserved.id, True),
    }
    assert (owner, cancelled) == (camille.id, 2)
    session.commit()
    states = [make.row(*pledge.ids.values()).state for pledge in (firm, fresh, reserved, gone, other)]
    assert states == ["confirmed", "withdrawn", "withdrawn", "withdrawn", "reflecting"]
    causes = session.scalars(
        text("SELECT cause FROM pledge_event WHERE pledge_id = :id ORDER BY seq DESC LIMIT 1"), {"id": fresh.id}
    )
    assert causes.one() == "residence_revoked"
    assert queries.links_of(session, [camille.id])[camille.id][0].level == 0


def test_a_revoked_person_needs_a_person(make, session, now, judge):
    camille = make.account()
    revoke(session, make, camille, judge, now)
    home = queries.home(session, camille.id)
    assert (home.standing(now), home.revoke_reason) == ("revoked", "proof_false")

    for attempt in (
        lambda: services.move(session, account_id=camille.id, commune_code=NIORT, now=now),
        lambda: services.renew(session, account_id=camille.id, now=now),
        lambda: services.declare(session, account_id=camille.id, commune_code=NIORT, now=now),
        lambda: make.letter(camille),
        lambda: revoke(session, make, camille, judge, now),
    ):
        with pytest.raises(ResidenceRefused):
            attempt()
    request = services.ask_verification(session, account_id=camille.id, now=now)
    services.verify(session, request_id=request, administrator_id=judge.id, now=now)

    assert queries.home(session, camille.id).level == 3
    rows = session.scalars(
        select(ResidenceLink).where(ResidenceLink.account_id == camille.id).order_by(ResidenceLink.id)
    ).all()
    assert [(row.level, row.end_reason, row.revoke_reason) for row in rows] == [
        (0, "renewed", "proof_false"),
        (3, None, None),
    ]


def test_nobody_revokes_or_judges_their_own(make, session, now, judge):
    administrator, other = make.account(administrator=True), make.account()
    conflict = make.conflict(administrator, other)

    for attempt in (
        lambda: revoke(session, make, administrator, administrator, now),
        lambda: revocation.keep_both(session, conflict_id=conflict, administrator_id=administrator.id, now=now),
        lambda: revocation.keep_one(
            session, conflict_id=conflict, keeper_id=other.id, administrator_id=administrator.id, now=now
        ),
    ):
        with pytest.raises(ResidenceRefused, match="own_residence"):
            attempt()


def test_one_of_two_keeps_the_proof(make, session, now, judge):
    holder, newcomer, stranger = make.account(), make.account(), make.account()
    conflict = make.conflict(newcomer, holder)
    decided = {"conflict_id": conflict, "administrator_id": judge.id, "now": now}

    with pytest.raises(NotFound):
        revocation.keep_one(session, keeper_id=stranger.id, **decided)
    assert revocation.keep_one(session, keeper_id=newcomer.id, **decided) == holder.id
    session.flush()
    both = ((newcomer, holder), (holder, newcomer))
    may = [
        proofs.open_conflict(session, kind="proof", account_id=one.id, holder_id=other.id, now=now)
        for one, other in both
    ]
    assert may == [True, False]  # who was kept may have it, the other may not
    with pytest.raises(ResidenceRefused, match="conflict_decided"):
        revocation.keep_both(session, **decided)


def reminded(session):
    rows = session.execute(text("SELECT args FROM procrastinate.procrastinate_jobs ORDER BY id")).scalars()
    return [row["account_id"] for row in rows if row["kind"] == "residence_ends"]


def test_reminders_go_out_thirty_and_seven_days_before_once_each(make, session, now):
    camille = make.account(level=1)
    ends = queries.home(session, camille.id).expires_at

    sent = [upkeep.remind(session, now=ends - timedelta(days=days)) for days in (31, 30, 29, 8, 7, 6, 1)]
    after = upkeep.remind(session, now=ends + DAY)

    assert (sent, after) == ([0, 1, 0, 0, 1, 0, 0], 0)
    assert reminded(session) == [str(camille.id)] * 2


def test_one_that_begins_late_is_reminded_once(make, session):
    camille = make.account(level=1)
    ends = queries.home(session, camille.id).expires_at

    assert upkeep.remind(session, now=ends - timedelta(days=5)) == 1
    assert upkeep.remind(session, now=ends - timedelta(days=4)) == 0


def test_a_document_that_nobody_looks_at_is_destroyed_and_the_person_told(make, session, now):
    camille = make.account(level=1)
    request = make.request(camille)

    upkeep.purge(session, now=now + timedelta(days=59))
    assert session.get_one(ResidenceRequest, request).outcome is None
    upkeep.purge(session, now=now + timedelta(days=60))

    assert session.get_one(ResidenceRequest, request).outcome == "moot"
    assert session.scalars(select(ProofPage)).all() == []


def test_attempts_are_dropped_after_a_year(make, session, now):
    camille = make.account(level=1)
    for reason in ("signature_wrong", "name_differs"):
        services.note_attempt(session, account_id=camille.id, kind="signed", reason=reason, now=now)

    upkeep.purge(session, now=now + timedelta(days=364))
    assert len(session.scalars(select(ResidenceAttempt)).all()) == 2
    upkeep.purge(session, now=now + timedelta(days=365))

    assert session.scalars(select(ResidenceAttempt)).all() == []


def test_replacing_a_key_leaves_nothing_that_needs_the_old_one(make, session, now, judge):
    request = make.request(make.account(level=1))
    make.letter(make.account(level=1))
    both = Keyring({**KEYRING.keys, 2: b"2" * 32}, KEYRING.pepper)
    alone = Keyring({2: b"2" * 32}, KEYRING.pepper)
    where = {"request_id": request, "number": 1, "administrator_id": judge.id}
    with pytest.raises(Unsealable):
        proof_queries.picture(session, keyring=alone, **where)

    assert upkeep.replace_keys(session, keyring=both) == 0

    assert proof_queries.picture(session, keyring=alone, **where) == PICTURE
    versions = session.execute(
        text("SELECT key_version FROM proof_page UNION ALL SELECT key_version FROM residence_letter")
    )
    assert set(versions.scalars()) == {2}
