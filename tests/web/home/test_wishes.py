"""What the address of the feed asks for, and the links that ask for something else."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from marketplace.matching.queries import ANYTHING, Cursor, Kind, Met, Wish
from marketplace.web.home import wishes
from marketplace.web.home.wishes import PAGE, Asked, Ends

KINDS = [
    Kind("energie", "gift", "scic", 3),
    Kind("energie", "interest_free_loan", "scic", 2 * PAGE),
    Kind("culture", "gift", "scic", 2),
]
PLACE = Cursor(1, 40, 5, UUID(int=7))
TOKEN = f"1-40-5-{7:032x}"


@pytest.fixture
def links(app):
    """Make the links of a list."""

    def made(asked, kinds=KINDS):
        with app.test_request_context("/"):
            return wishes.choices(asked, kinds, sortable=True)

    return made


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, Asked()),
        ({"secteur": "energie"}, Asked(Wish("energie"))),
        ({"nature": "gift", "tri": "fin", "page": "2"}, Asked(Wish(None, "gift"), "fin", 2)),
        ({"secteur": "ENERGIE", "nature": "share", "tri": "prix", "statut": "bande"}, Asked()),
        ({"statut": "scic"}, Asked(Wish(None, None, "scic"))),
        ({"apres": TOKEN, "page": "3"}, Asked(page=3, cursor=PLACE)),
        ({"avant": TOKEN}, Asked(cursor=replace(PLACE, backwards=True))),
        ({"apres": TOKEN, "tri": "fin"}, Asked(order="fin")),
        ({"apres": "1-40-5-7"}, Asked()),
        ({"apres": f"{TOKEN}0"}, Asked()),
        ({"page": "4"}, Asked()),
        ({"page": "0"}, Asked()),
        ({"page": "-3"}, Asked()),
        ({"page": "²"}, Asked()),
        ({"page": "9999"}, Asked()),
    ],
)
def test_an_address_is_read_and_what_does_not_exist_is_left_aside(arguments, expected):
    assert wishes.read(arguments) == expected


def test_an_address_says_no_more_than_it_must(app):
    with app.test_request_context("/"):
        assert Asked().url() == "/"
        assert Asked(Wish("energie", "gift"), "fin", 3).url() == "/?secteur=energie&nature=gift&tri=fin&page=3"
        assert Asked(page=2, cursor=PLACE).url() == f"/?page=2&apres={TOKEN}"
        assert Asked(cursor=replace(PLACE, backwards=True)).url() == f"/?avant={TOKEN}"
        assert Asked(Wish(None, None, "scic"), commune="86194").url() == "/communes/86194?statut=scic"


def test_pages_of_another_order_follow_each_other_and_stop(links):
    first, second, last = (links(Asked(order="fin", page=page)) for page in (1, 2, 3))

    assert (first.previous, first.following, first.pages) == (None, "/?tri=fin&page=2", 3)
    assert (second.previous, second.following) == ("/?tri=fin", "/?tri=fin&page=3")
    assert (last.previous, last.following) == ("/?tri=fin&page=2", None)


@pytest.mark.parametrize(
    ("asked", "more", "links"),
    [
        (Asked(), (False, False), (None, None)),
        (Asked(), (False, True), (None, f"/?page=2&apres={TOKEN}")),
        (Asked(page=2, cursor=PLACE), (True, True), ("/", f"/?page=3&apres={TOKEN}")),
        (Asked(page=3, cursor=PLACE), (True, False), (f"/?page=2&avant={TOKEN}", None)),
    ],
)
def test_pages_of_the_index_are_turned_by_their_campaigns(app, asked, more, links):
    now = datetime(2026, 11, 23, tzinfo=UTC)
    one = Met(UUID(int=7), 1, 40, 5, "C86194", (now, now, now), now)
    with app.test_request_context("/"):
        shown = wishes.choices(asked, KINDS, sortable=True, ends=Ends(one, one, *more))

    assert (shown.previous, shown.following) == links


def test_a_page_that_is_no_more_is_the_last_one():
    assert wishes.within(Asked(page=9), KINDS).page == 3
    assert wishes.within(Asked(Wish("culture"), page=9), KINDS).page == 1
    assert wishes.within(Asked(page=4), []).page == 1


def test_sectors_are_counted_within_the_nature_that_is_asked_for(links):
    shown = links(Asked(Wish(None, "gift"))).sectors

    assert [(chip.key, chip.count, chip.current) for chip in shown] == [
        ("tous", 5, True),
        ("energie", 3, False),
        ("culture", 2, False),
    ]


def test_a_filter_starts_the_list_again_at_its_first_page(links):
    chips = links(Asked(order="fin", page=2)).sectors

    assert {chip.url for chip in chips} == {"/?tri=fin", "/?secteur=energie&tri=fin", "/?secteur=culture&tri=fin"}


def test_what_one_looks_at_stays_among_the_chips_even_when_nothing_is_left_of_it(links):
    shown = links(Asked(Wish("culture", "interest_free_loan")))

    assert ("culture", 0, True) in [(chip.key, chip.count, chip.current) for chip in shown.sectors]
    assert ("interest_free_loan", 0, True) in [(chip.key, chip.count, chip.current) for chip in shown.instruments]
    assert shown.total == 0


def test_where_there_is_nothing_to_choose_there_is_no_chip(links):
    shown = links(Asked(), [Kind("energie", "gift", "scic", 1)])

    assert (shown.sectors, shown.instruments, shown.orders) == ([], [], [])
    assert wishes.total([], ANYTHING) == 0
