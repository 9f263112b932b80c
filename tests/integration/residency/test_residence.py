"""Declaring, moving, renewing: a dated history of where people live."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.db import uuid7
from marketplace.core.errors import NotFound
from marketplace.core.years import year_after
from marketplace.residency import queries, services
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import ResidenceLink

POITIERS, NIORT, BORDEAUX = "86194", "79191", "33063"
UNINHABITED = "55039"  # Beaumont-en-Verdunois, destroyed in 1916


def test_a_declaration_gives_level_one_for_a_year(residents, session, now):
    account_id, neighbour = residents.resident(), residents.resident("autre@exemple.fr", NIORT)

    (link,) = queries.current_links(session, account_id, now)

    assert (link.kind, link.commune_code, link.level) == ("home", POITIERS, 1)
    assert (link.declared_at, link.verified_at, link.expires_at) == (now, None, year_after(now))
    assert session.scalar(select(ResidenceLink.cog_release).where(ResidenceLink.account_id == neighbour))


def test_a_link_counts_until_it_expires(residents, session, now):
    account_id = residents.resident()
    end = year_after(now)

    assert queries.current_links(session, account_id, now - timedelta(seconds=1)) == ()
    assert len(queries.current_links(session, account_id, end - timedelta(seconds=1))) == 1
    assert queries.current_links(session, account_id, end) == ()
    assert queries.home(session, account_id).standing(end) == "expired"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (UNINHABITED, "commune_uninhabited"),
        ("99999", "commune_unknown"),
        ("", "commune_unknown"),
        ("x" * 5000, "commune_unknown"),
        ("86194\0", "commune_unknown"),
    ],
)
def test_where_nobody_lives_or_nothing_is_cannot_be_declared(residents, session, now, code, reason):
    account_id = residents.person()

    with pytest.raises(ResidenceRefused, match=reason):
        services.declare(session, account_id=account_id, commune_code=code, now=now)

    assert session.scalars(select(ResidenceLink)).all() == []


@pytest.mark.parametrize(("code", "today"), [("75112", "75056"), ("49069", "49126")])
def test_an_arrondissement_or_a_merged_commune_becomes_its_commune(residents, session, now, code, today):
    account_id = residents.resident(commune=code)

    assert queries.home(session, account_id).commune_code == today


def test_nobody_declares_twice_or_for_nobody(residents, session, now):
    account_id = residents.resident()

    with pytest.raises(ResidenceRefused, match="residence_exists"):
        services.declare(session, account_id=account_id, commune_code=NIORT, now=now)
    with pytest.raises(NotFound):
        services.declare(session, account_id=uuid7(), commune_code=NIORT, now=now)

    assert queries.home(session, account_id).commune_code == POITIERS


def test_home_is_named_with_its_departement(residents, session):
    assert queries.home(session, residents.resident()).commune_label == "Poitiers (Vienne)"
    assert queries.home(session, residents.person("autre@exemple.fr")) is None


def test_a_move_ends_the_old_link_and_keeps_it(residents, session, now):
    account_id = residents.resident()
    later = now + timedelta(days=30)

    services.move(session, account_id=account_id, commune_code=NIORT, now=later)

    assert [link.commune_code for link in queries.current_links(session, account_id, later)] == [NIORT]
    assert [link.commune_code for link in queries.current_links(session, account_id, later - timedelta(seconds=1))] == [
        POITIERS
    ]
    assert [link.commune_code for link in queries.links_of(session, [account_id])[account_id]] == [NIORT]


def test_a_proven_resident_who_moves_starts_again_at_level_one(residents, session, now):
    account_id, administrator = residents.resident(), residents.person("admin@exemple.fr")
    request = services.ask_verification(session, account_id=account_id, now=now)
    services.verify(session, request_id=request, administrator_id=administrator, now=now)

    services.move(session, account_id=account_id, commune_code=NIORT, now=now + timedelta(days=1))

    assert queries.home(session, account_id).level == 1


def test_the_third_move_of_a_year_is_refused_until_the_first_is_old(residents, session, now):
    account_id = residents.resident()
    first = now + timedelta(days=10)
    services.move(session, account_id=account_id, commune_code=NIORT, now=first)
    services.move(session, account_id=account_id, commune_code=POITIERS, now=now + timedelta(days=20))

    with pytest.raises(ResidenceRefused, match="too_many_moves") as refused:
        services.move(session, account_id=account_id, commune_code=BORDEAUX, now=now + timedelta(days=30))

    assert refused.value.facts == {"again_at": year_after(first)}
    assert queries.home(session, account_id).commune_code == POITIERS
    services.move(session, account_id=account_id, commune_code=BORDEAUX, now=year_after(first))


@pytest.mark.parametrize(("code", "reason"), [(POITIERS, "same_commune"), (UNINHABITED, "commune_uninhabited")])
def test_a_refused_move_leaves_the_link_alone(residents, session, now, code, reason):
    account_id = residents.resident()

    with pytest.raises(ResidenceRefused, match=reason):
        services.move(session, account_id=account_id, commune_code=code, now=now)

    assert [(link.commune_code, link.ended_at) for link in session.scalars(select(ResidenceLink))] == [(POITIERS, None)]


def test_who_never_declared_can_neither_move_nor_renew_nor_ask(residents, session, now):
    account_id = residents.person()

    for act in (
        lambda: services.move(session, account_id=account_id, commune_code=NIORT, now=now),
        lambda: services.renew(session, account_id=account_id, now=now),
        lambda: services.ask_verification(session, account_id=account_id, now=now),
    ):
        with pytest.raises(ResidenceRefused, match="residence_missing"):
            act()


def test_a_renewal_is_no_move_and_lasts_another_year(residents, session, now):
    account_id = residents.resident()
    with pytest.raises(ResidenceRefused, match="renewal_too_early"):
        services.renew(session, account_id=account_id, now=now + timedelta(days=200))

    late = year_after(now) + timedelta(days=100)
    services.renew(session, account_id=account_id, now=late)

    home = queries.home(session, account_id)
    assert (home.commune_code, home.level, home.expires_at) == (POITIERS, 1, year_after(late))
    assert queries.moves(session, account_id) == []


def test_links_of_several_people_are_theirs_and_tell_expiry_apart(residents, session, now):
    mine, theirs = residents.resident(), residents.resident("autre@exemple.fr", NIORT)
    residents.resident("bruit@exemple.fr", BORDEAUX)

    found = queries.links_of(session, [mine, theirs, uuid7()])

    assert {account_id: [link.commune_code for link in links] for account_id, links in found.items()} == {
        mine: [POITIERS],
        theirs: [NIORT],
    }
    assert found[mine][0].expires_at == year_after(now)
    assert queries.links_of(session, []) == {}
