"""Where organisations are, as the local-to-local rule takes it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts import organisation_queries
from marketplace.accounts.errors import OrganisationRefused
from marketplace.core.errors import NotFound
from marketplace.core.years import year_after
from marketplace.locality.model import Investor, Link, Offer, Ring, Totals
from marketplace.locality.rules import decide
from marketplace.residency import organisation_queries as queries
from marketplace.residency import organisations as services
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import OrganisationLink
from tests.factories import BORDEAUX, NIORT, POITIERS
from tests.factories.organisations import SECOND_SIRET, SIRET


def links(session, organisation):
    return queries.links_of_organisations(session, (organisation.id,)).get(organisation.id, ())


def shape(found):
    return [(link.kind, link.commune_code, link.level, link.count) for link in found]


def test_a_seat_is_declared_then_seen(make, session, now):
    declared, seen = make.organisation(verified=False), make.organisation(siren="552100554", commune=NIORT)

    found = queries.links_of_organisations(session, (declared.id, seen.id))

    assert shape(found[declared.id]) == [("seat", POITIERS, 1, 1)]
    assert shape(found[seen.id]) == [("seat", NIORT, 3, 1)]
    assert found[seen.id][0].expires_at == year_after(now - timedelta(days=1))
    assert organisation_queries.organisation(session, declared.id).verified_at is None
    assert organisation_queries.organisation(session, seen.id).verified_at is not None


@pytest.mark.parametrize(
    ("legal_form", "area"),
    [
        ("commune", "commune:86194"),
        ("epci", "epci:200069854"),
        ("departement", "departement:86"),
        ("region", "region:75"),
    ],
)
def test_a_public_body_is_responsible_for_the_unit_of_its_seat(make, session, legal_form, area):
    body = make.organisation(legal_form=legal_form)

    assert shape(links(session, body)) == [("seat", POITIERS, 3, 1), ("area", area, 3, 1)]
    places = {place.kind: place.label for place in queries.places_of(session, body.id)}
    assert places["seat"] == "Poitiers (Vienne)"
    assert ":" not in places["area"]


def test_a_branch_carries_its_own_number(make, session, now):
    organisation = make.organisation()
    by = {"organisation_id": organisation.id, "account_id": organisation.manager.id, "now": now}

    services.add_branch(session, **by, commune_code=NIORT, siret=SIRET)
    services.add_branch(session, **by, commune_code=BORDEAUX, siret=SIRET)  # it moved

    assert shape(links(session, organisation)) == [("seat", POITIERS, 3, 1), ("branch", BORDEAUX, 1, 1)]
    for code, siret in (("siret_missing", " "), ("siret_wrong", "12"), ("siret_of_another", SECOND_SIRET)):
        with pytest.raises(ResidenceRefused, match=code):
            services.add_branch(session, **by, commune_code=NIORT, siret=siret)
    with pytest.raises(ResidenceRefused, match="members_association_only"):
        services.declare_members(session, **by, commune_code=NIORT, members=20)
    with pytest.raises(NotFound):
        services.add_branch(
            session,
            organisation_id=organisation.id,
            account_id=make.account().id,
            commune_code=NIORT,
            siret=SIRET,
            now=now,
        )


def test_a_seat_moves_twice_a_year_at_most(make, session, now):
    organisation = make.organisation()
    by = {"organisation_id": organisation.id, "account_id": organisation.manager.id, "now": now}

    services.move_seat(session, **by, commune_code=NIORT)
    services.move_seat(session, **by, commune_code=NIORT)  # stated again: no move
    services.move_seat(session, **by, commune_code=BORDEAUX)

    with pytest.raises(ResidenceRefused, match="too_many_moves"):
        services.move_seat(session, **by, commune_code=POITIERS)
    assert shape(links(session, organisation)) == [("seat", BORDEAUX, 1, 1)]
    reasons = session.scalars(select(OrganisationLink.end_reason).order_by(OrganisationLink.id)).all()
    assert reasons == ["moved", "replaced", "moved", None]


def test_an_administrator_turns_a_place_down_with_a_reason(make, session, now):
    organisation, judge = make.organisation(verified=False), make.administrator().id
    (link,) = links(session, organisation)

    services.refuse_link(session, link_id=link.id, administrator_id=judge, reason="place_elsewhere", now=now)

    assert links(session, organisation) == ()
    (place,) = queries.places_of(session, organisation.id)
    assert (place.standing(now), place.reason) == ("refused", "place_elsewhere")
    for decide_again in (
        lambda: services.accept_link(session, link_id=link.id, administrator_id=judge, now=now),
        lambda: services.refuse_link(
            session, link_id=link.id, administrator_id=judge, reason="place_elsewhere", now=now
        ),
    ):
        with pytest.raises(ResidenceRefused, match="link_decided"):
            decide_again()


def test_nobody_accepts_a_place_of_their_own_organisation(make, session, now):
    organisation = make.organisation(verified=False, manager=make.account(administrator=True))
    (link,) = links(session, organisation)

    with pytest.raises(OrganisationRefused, match="own_organisation"):
        services.accept_link(session, link_id=link.id, administrator_id=organisation.manager.id, now=now)

    assert links(session, organisation)[0].level == 1


def verdict(links, kind, now, **rule):
    offer = Offer(
        state="live",
        instrument="gift",
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=30),
        minimum_cents=10_00,
        hard_cap_cents=8_000_00,
        rings=(Ring(frozenset({POITIERS}), minimum_level=3),),
        **rule,
    )
    known = tuple(Link(link.kind, link.commune_code, link.level, link.expires_at, link.count) for link in links)
    return decide(offer, Totals(), Investor(known, kind=kind), 20_00, now).verdict


def test_the_rule_reads_the_links_of_each_kind(make, session, now):
    firm = make.organisation()
    club = make.organisation(legal_form="association", siren="", rna="W751080001")
    body = make.organisation(legal_form="departement", siren="552100554")
    judge = make.administrator().id
    for number in (19, 20):
        services.declare_members(
            session,
            organisation_id=club.id,
            account_id=club.manager.id,
            commune_code=POITIERS,
            members=number,
            now=now,
        )
        pending = next(link for link in links(session, club) if link.kind == "members")
        services.accept_link(session, link_id=pending.id, administrator_id=judge, now=now)
        expected = "accept" if number == 20 else "verify"
        assert verdict(links(session, club), "association", now) == expected

    assert verdict(links(session, firm), "sme", now) == "accept"
    assert verdict(links(session, firm), "person", now) != "accept"
    assert verdict(links(session, body), "public_body", now, public_units=frozenset({"departement:86"})) == "accept"
    assert verdict(links(session, body), "public_body", now, public_units=frozenset({"departement:79"})) != "accept"
