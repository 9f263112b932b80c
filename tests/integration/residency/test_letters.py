"""Letters: the address lives until the post, the code thirty days, five tries."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.residency import letters, proof_queries, queries, services, upkeep
from marketplace.residency.errors import ResidenceRefused
from marketplace.residency.models import ResidenceLetter
from marketplace.residency.rules import CODE_ALPHABET
from tests.factories import NIORT
from tests.factories.proofs import KEYRING


@pytest.fixture
def posted(make, session, now):
    """Let somebody get a letter; return the code in it."""

    def post(account, at=None):
        make.letter(account)
        moment, judge = at or now, make.administrator().id
        (letter,) = letters.print_all(session, keyring=KEYRING, administrator_id=judge, now=moment)
        assert letters.post_all(session, administrator_id=judge, now=moment) == 1
        return letter.code

    return post


def enter(session, account, typed, now):
    return letters.enter(session, account_id=account.id, typed=typed, keyring=KEYRING, now=now)


def test_a_code_by_post_confirms_a_postcode(make, session, now, posted):
    camille = make.account(level=1)
    code = posted(camille)
    assert len(code) == 8
    assert set(code) <= set(CODE_ALPHABET)

    assert enter(session, camille, f" {code[:4].lower()}-{code[4:]} ", now + timedelta(days=4)) is None

    home = queries.home(session, camille.id)
    assert (home.level, home.verified_with) == (2, "letter")
    with pytest.raises(ResidenceRefused, match="no_letter"):
        enter(session, camille, code, now + timedelta(days=4))


def test_the_letter_says_who_and_where_and_then_nobody_knows(make, session, now):
    camille, judge = make.account(level=1, name="Camille Durand"), make.administrator().id
    make.letter(camille)
    sealed = session.scalars(select(ResidenceLetter)).one()
    assert b"FEUILLANTS" not in sealed.address.upper()

    (printed,) = letters.print_all(session, keyring=KEYRING, administrator_id=judge, now=now)
    (again,) = letters.print_all(session, keyring=KEYRING, administrator_id=judge, now=now)

    assert printed.lines == again.lines == ("Camille Durand", "12 rue des Feuillants", "86000 POITIERS")
    assert printed.code != again.code
    letters.post_all(session, administrator_id=judge, now=now)
    session.refresh(sealed)
    assert (sealed.address, sealed.wrapped_key) == (None, None)
    assert enter(session, camille, printed.code, now) == "code_wrong"  # the first print is void
    assert enter(session, camille, again.code, now) is None


def test_five_wrong_codes_end_a_letter(make, session, now, posted):
    camille = make.account(level=1)
    code = posted(camille)
    wrong = "2" * 8 if code != "2" * 8 else "3" * 8

    answers = [enter(session, camille, wrong, now) for _ in range(5)]

    assert answers == ["code_wrong"] * 4 + ["code_exhausted"]
    with pytest.raises(ResidenceRefused, match="no_letter"):
        enter(session, camille, code, now)
    assert queries.home(session, camille.id).level == 1
    assert [one.reason for one in proof_queries.attempts(session, camille.id)][:2] == ["code_exhausted", "code_wrong"]


def test_a_code_holds_thirty_days(make, session, now, posted):
    first, second = make.account(level=1), make.account(level=1)
    code = posted(first)
    make.now = now
    other = posted(second)

    assert enter(session, first, code, now + timedelta(days=30)) is None
    assert enter(session, second, other, now + timedelta(days=31)) == "code_expired"


def test_a_code_is_one_letters(make, session, now, posted):
    first, second = make.account(level=1), make.account(level=1)
    code = posted(first)
    posted(second)

    assert enter(session, second, code, now) == "code_wrong"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("letter_line_invalid", {"name": " "}),
        ("letter_line_invalid", {"street": "x" * 39}),
        ("letter_line_invalid", {"more": "x" * 39}),
        ("letter_postcode_wrong", {"postcode": "79000"}),
        ("letter_postcode_wrong", {"postcode": "860"}),
        ("letter_postcode_wrong", {"postcode": "Poitiers"}),
    ],
)
def test_an_address_elsewhere_or_without_end_gets_no_letter(make, session, now, code, changes):
    camille = make.account(level=1)
    given = {"name": "Camille D.", "street": "12 rue des Feuillants", "more": "", "postcode": "86000", **changes}

    with pytest.raises(ResidenceRefused, match=code):
        letters.ask(session, account_id=camille.id, keyring=KEYRING, now=now, **given)

    assert session.scalars(select(ResidenceLetter)).all() == []


def test_one_letter_at_a_time_and_none_for_who_has_more(make, session, now, posted):
    waiting, proven, confirmed = make.account(level=1), make.account(level=3), make.account(level=2)
    make.letter(waiting)

    for account, code in ((waiting, "letter_pending"), (proven, "already_confirmed"), (confirmed, "already_confirmed")):
        with pytest.raises(ResidenceRefused, match=code):
            make.letter(account)


def test_an_administrator_prints_no_letter_of_their_own(make, session, now):
    judge = make.account(level=1, administrator=True)
    make.letter(judge)

    assert letters.print_all(session, keyring=KEYRING, administrator_id=judge.id, now=now) == []
    assert letters.post_all(session, administrator_id=judge.id, now=now) == 0


def test_a_move_and_time_erase_an_address(make, session, now):
    mover, forgotten = make.account(level=1), make.account(level=1)
    make.letter(mover)
    make.letter(forgotten, street="14 rue des Feuillants")

    services.move(session, account_id=mover.id, commune_code=NIORT, now=now)
    upkeep.purge(session, now=now + timedelta(days=29))
    assert [one.outcome for one in session.scalars(select(ResidenceLetter).order_by(ResidenceLetter.id))] == [
        "moot",
        None,
    ]
    upkeep.purge(session, now=now + timedelta(days=30))

    session.expire_all()
    rows = session.scalars(select(ResidenceLetter)).all()
    assert [(row.address, row.wrapped_key) for row in rows] == [(None, None)] * 2


def test_two_accounts_that_have_letters_sent_to_one_name_and_place_are_noticed(make, session):
    first, second = make.account(level=1, name="Camille Durand"), make.account(level=1, name="Durand, Camille")

    make.letter(first)
    make.letter(second)

    assert [one.kind for one in proof_queries.conflicts(session)] == ["identity"]
