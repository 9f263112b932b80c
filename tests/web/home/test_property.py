"""Through HTTP: whatever was published, widened, corrected, closed, and wherever people moved, a list is the rule's."""

import random

import pytest
from sqlalchemy import select

from marketplace.locality.model import Link
from marketplace.matching import checking
from marketplace.matching.queries import ANYTHING, Wish
from marketplace.projects.models import Campaign
from tests.factories import BUXEROLLES, LOUDUN, NIORT, POITIERS
from tests.integration.matching.world import PLACES, World
from tests.web.home.test_feed import titles
from tests.web.pages import by_class, by_id, links, text_of

pytestmark = pytest.mark.untimed


def listed(reader, path):
    """Return the cards of all pages of a list, and the number that its first page says."""
    found, total = [], None
    while path:
        page = reader.page(path)
        total = int(text_of(by_id(page, "etat")).split()[0]) if total is None else total
        section = [part for part in page.iter() if part.get("id") == "projets"]
        found += [card for part in section for card in by_class(part, "card")]
        path = links(page).get("Page suivante")
    return found, total


def check(reader, session, path, expected, now):
    names = dict(session.execute(select(Campaign.id, Campaign.title)).all())
    cards, total = listed(reader, path)
    assert [text_of(by_class(card, "name")[0]) for card in cards] == [names[one[0]] for one in expected], path
    assert total == len(expected)
    for card, (_id, ring, opens_at) in zip(cards, expected, strict=True):
        said = text_of(card)
        if opens_at is not None and opens_at <= now:
            assert "vous pouvez participer" in said or "ouvert d’ici" in said
        else:
            assert "ouvre le" in said or "avec un justificatif" in said
        assert ("C’est son premier cercle" in said) == (ring == 0)


def test_what_is_listed_satisfies_the_rule_and_nothing_that_does_is_missing(reader, reader_of, session, make):
    world, now = World(make, random.Random(5)), make.now
    people = {level: make.account(commune=POITIERS, level=level) for level in (1, 3)}
    for _round in range(2):
        world.happen(9)
        for code in PLACES[:4]:
            home = (Link("home", code, 1, expires_at=now),)
            check(reader, session, f"/communes/{code}", world.expected(session, home, ANYTHING), now)
            energy = world.expected(session, home, Wish("energie"))
            if energy:
                check(reader, session, f"/communes/{code}?secteur=energie", energy, now)
        for level, person in people.items():
            home = (Link("home", POITIERS if _round == 0 else (NIORT, LOUDUN)[level == 1], level, expires_at=now),)
            if _round and level == 3:
                # Who moves declares anew: their proof was of another place.
                home = (Link("home", NIORT, 1, expires_at=now),)
            if _round:
                make.move_away(person, home[0].commune_code)
            check(reader_of(person), session, "/", world.expected(session, home, ANYTHING), now)
    assert list(checking.differences(session)) == []


def test_pages_turn_in_both_directions_without_skipping(reader, make):
    for number in range(23):
        make.campaign(title=f"Projet {number}", commune=(POITIERS, BUXEROLLES)[number % 2])
    first = reader.page("/communes/86194")
    second = reader.page(links(first)["Page suivante"])

    assert len(titles(first)) == 20
    assert len(titles(second)) == 3
    assert set(titles(first)) & set(titles(second)) == set()
    assert "Page 2 sur 2" in text_of(second)
    assert links(second)["Page précédente"] == "/communes/86194"
    assert "Page suivante" not in links(second)
