"""Organisations: who they are, who is in them, who may act for them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts import organisation_queries as queries
from marketplace.accounts import organisations as services
from marketplace.accounts.errors import OrganisationRefused
from marketplace.accounts.models import Organisation
from marketplace.core.audit import AuditEvent
from marketplace.core.errors import NotFound
from marketplace.core.years import year_after

SIREN, RNA = "732829320", "W751080001"


def create(session, account, now, **facts):
    named = {"name": "La scierie du Clain", "legal_form": "scop", "siren": SIREN, **facts}
    return services.create(session, account_id=account.id, now=now, **named)


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("organisation_name_invalid", {"name": "   "}),
        ("legal_form_missing", {"legal_form": "gang"}),
        ("siren_missing", {"siren": ""}),
        ("siren_wrong", {"siren": "732829321"}),
        ("rna_not_association", {"rna": RNA}),
        ("rna_wrong", {"legal_form": "association", "rna": "W1"}),
        ("organisation_number_missing", {"legal_form": "association", "siren": ""}),
    ],
)
def test_what_is_no_organisation_is_refused(make, session, now, code, facts):
    with pytest.raises(OrganisationRefused, match=code):
        create(session, make.account(), now, **facts)

    assert session.scalars(select(Organisation)).all() == []


def test_an_association_needs_only_one_of_its_numbers(make, session, now):
    made = create(session, make.account(), now, legal_form="association", siren="", rna=RNA)

    found = queries.organisation(session, made)
    assert (found.kind, found.siren, found.rna, found.verified_at) == ("association", None, RNA, None)


def test_a_number_belongs_to_the_organisation_that_was_verified(make, session, now):
    """Until then anybody may write it down: squatting a number keeps nobody out."""
    first, second = (create(session, make.account(), now) for _ in range(2))
    judge = make.administrator().id

    services.verify(session, organisation_id=second, administrator_id=judge, now=now)

    with pytest.raises(OrganisationRefused, match="organisation_taken"):
        services.verify(session, organisation_id=first, administrator_id=judge, now=now)
    with pytest.raises(OrganisationRefused, match="organisation_taken"):
        create(session, make.account(), now)


def test_only_an_accepted_mandate_of_a_verified_organisation_lets_one_act(make, session, now):
    waiting, acting = make.organisation(verified=False), make.organisation(siren="552100554")
    stranger = make.account()

    found = queries.acting_for(session, acting.manager.id, now)

    assert [(one.organisation.id, one.capacity, one.function) for one in found] == [
        (acting.id, "legal_representative", "Gérante")
    ]
    assert found[0].expires_at == year_after(now - timedelta(days=1))
    assert queries.acting_for(session, waiting.manager.id, now) == ()
    assert queries.acting_for(session, stranger.id, now) == ()
    assert queries.acting_for(session, acting.manager.id, found[0].expires_at) == ()
    assert queries.acting_for(session, acting.manager.id, now - timedelta(days=2)) == ()


def test_a_revoked_mandate_ends_at_once_and_is_told(make, session, now):
    acting, judge = make.organisation(), make.administrator().id

    services.revoke_mandate(
        session, mandate_id=acting.mandate_id, administrator_id=judge, reason="mandate_other_person", now=now
    )

    assert queries.acting_for(session, acting.manager.id, now) == ()
    assert len(queries.acting_for(session, acting.manager.id, now - timedelta(hours=1))) == 1
    newest = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first()
    assert newest == "organisation.revoke_mandate"
    with pytest.raises(OrganisationRefused, match="mandate_decided"):
        services.revoke_mandate(
            session, mandate_id=acting.mandate_id, administrator_id=judge, reason="mandate_other_person", now=now
        )


def test_a_mandate_is_renewed_before_it_ends(make, session, now):
    acting, judge, later = make.organisation(), make.administrator().id, now + timedelta(days=300)

    again = services.declare_mandate(
        session,
        organisation_id=acting.id,
        account_id=acting.manager.id,
        capacity="delegate",
        function="Trésorière",
        now=later,
    )
    assert len(queries.acting_for(session, acting.manager.id, later)) == 1
    services.accept_mandate(session, mandate_id=again, administrator_id=judge, now=later)

    (found,) = queries.acting_for(session, acting.manager.id, later)
    assert (found.mandate_id, found.expires_at) == (again, year_after(later))
    assert [one.end_reason for one in queries.mandates(session, acting.id)] == [None, "replaced"]


def test_a_member_judges_nothing_of_their_own_organisation(make, session, now):
    waiting = make.organisation(verified=False, manager=make.account(administrator=True))

    for decide in (
        lambda: services.accept_mandate(
            session, mandate_id=waiting.mandate_id, administrator_id=waiting.manager.id, now=now
        ),
        lambda: services.refuse_mandate(
            session,
            mandate_id=waiting.mandate_id,
            administrator_id=waiting.manager.id,
            reason="mandate_not_shown",
            now=now,
        ),
    ):
        with pytest.raises(OrganisationRefused, match="own_organisation"):
            decide()

    assert [one.outcome for one in queries.mandates(session, waiting.id)] == [None]


def test_people_join_when_they_accept_and_leave_with_their_mandate(make, session, now):
    organisation, guest, judge = make.organisation(), make.account(), make.administrator().id
    invitation = {"organisation_id": organisation.id, "manager_id": organisation.manager.id, "role": "member"}

    services.invite(session, **invitation, email=guest.email, now=now)
    services.invite(session, **invitation, email="personne-ici@exemple.fr", now=now)  # the answer tells nothing

    with pytest.raises(NotFound):  # invited is not in
        services.declare_mandate(
            session, organisation_id=organisation.id, account_id=guest.id, capacity="delegate", function="x", now=now
        )
    services.accept_invitation(session, organisation_id=organisation.id, account_id=guest.id, now=now)
    mandate = services.declare_mandate(
        session, organisation_id=organisation.id, account_id=guest.id, capacity="delegate", function="x", now=now
    )
    services.accept_mandate(session, mandate_id=mandate, administrator_id=judge, now=now)
    assert len(queries.acting_for(session, guest.id, now)) == 1

    services.leave(session, organisation_id=organisation.id, account_id=guest.id, now=now + timedelta(hours=1))

    assert queries.acting_for(session, guest.id, now + timedelta(hours=1)) == ()
    assert [one.account_id for one in queries.members(session, organisation.id)] == [organisation.manager.id]
    with pytest.raises(OrganisationRefused, match="last_manager"):
        services.leave(session, organisation_id=organisation.id, account_id=organisation.manager.id, now=now)


def test_a_member_is_not_a_manager(make, session, now):
    organisation, member = make.organisation(), make.account()
    services.invite(
        session,
        organisation_id=organisation.id,
        manager_id=organisation.manager.id,
        email=member.email,
        role="member",
        now=now,
    )
    services.accept_invitation(session, organisation_id=organisation.id, account_id=member.id, now=now)

    for account_id in (member.id, make.account().id):
        with pytest.raises(NotFound):
            services.invite(
                session,
                organisation_id=organisation.id,
                manager_id=account_id,
                email="x@exemple.fr",
                role="member",
                now=now,
            )
