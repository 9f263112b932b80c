"""At least one row of every kind: for what must hold of all of them."""

from marketplace.accounts import sign_in as devices
from marketplace.payments import inbox
from marketplace.residency import letters, organisations, proofs, revocation, work
from marketplace.residency import services as residency
from tests.factories import Account, Make
from tests.factories.moderation import populate_registers
from tests.factories.organisations import OTHER_SIREN, SIRET
from tests.factories.proofs import KEYRING
from tests.signed_bills import authority, fresh


def populate(make: Make) -> None:
    """Make every kind of row there is a constraint about."""
    for state in ("draft", "submitted", "changes_requested", "refused"):
        make.campaign(state=state)
    for state in ("reflecting", "withdrawn", "confirmed", "charging", "paid", "transferred"):
        make.pledge(state=state)
    make.question(make.campaign())
    make.admitted()
    make.intention()
    _investors(make)
    populate_registers(make)
    make.help_offer()
    asking, refused, moved = (make.account(level=1) for _ in range(3))
    judge, at = make.administrator().id, make.now
    make.do(lambda session: residency.ask_verification(session, account_id=asking.id, now=at))
    request = make.do(lambda session: residency.ask_verification(session, account_id=refused.id, now=at))
    make.do(
        lambda session: residency.refuse(session, request_id=request, administrator_id=judge, reason="too_old", now=at)
    )
    works = {"account_id": moved.id, "commune_code": "79191", "now": at, "statement": "J’y travaille."}
    make.do(lambda session: work.declare(session, **works))
    make.do(lambda session: residency.move(session, account_id=moved.id, commune_code="79191", now=at))
    make.do(
        lambda session: devices.open_session(
            session,
            account_id=moved.id,
            security_stamp=devices.stamp_of(session, moved.id),
            device="Firefox",
            now=at,
        )
    )
    make.do(lambda session: inbox.store(session, make.gateway.events[0], now=at))
    populate_proofs(make, asking, refused)
    make.branch(make.organisation(), SIRET)
    club = make.organisation(legal_form="association", siren="", rna="W751080001")
    make.do(
        lambda session: organisations.declare_members(
            session, organisation_id=club.id, account_id=club.manager.id, commune_code="86194", members=24, now=at
        )
    )
    make.organisation(legal_form="commune", siren=OTHER_SIREN, verified=False)


def _investors(make: Make) -> None:
    """Make what investors answer, and a consent."""
    make.simulated(make.tested(make.account(), passed=False, read=False), 1_700)
    make.asked_category(make.account())
    make.asked_category(make.account(), make.organisation(siren="130025265"))
    make.sophisticated(make.account())
    make.pledge(read=("gift_risk",))


def populate_proofs(make: Make, asking: Account, revoked: Account) -> None:
    """Make every kind of proof there is a constraint about."""
    judge, at = make.administrator().id, make.now
    make.request(make.account(level=1))
    seen = make.request(make.account(level=1))
    make.do(lambda session: residency.verify(session, request_id=seen, administrator_id=judge, now=at))
    make.letter(asking)
    make.do(lambda session: letters.print_all(session, keyring=KEYRING, administrator_id=judge, now=at))
    make.do(lambda session: letters.post_all(session, administrator_id=judge, now=at))
    make.letter(make.account(level=1), street="14 rue des Feuillants")
    make.conflict(asking, revoked)
    link = make.link_of(revoked)
    make.do(
        lambda session: revocation.revoke(session, link_id=link, administrator_id=judge, reason="proof_false", now=at)
    )
    holder = make.account(level=1, name="Camille D.")
    codes = [fresh(at).text()]
    make.do(
        lambda session: proofs.judge(
            session, account_id=holder.id, codes=codes, trust=authority().trust, keyring=KEYRING, now=at
        )
    )
