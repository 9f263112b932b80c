"""After a decision nothing of a proof is left: no name, no address, no file, in no table, job, mail, log or page."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.core.db import Base
from marketplace.residency import letters, proof_queries, proofs, queries, reading, services
from tests.factories.proofs import KEYRING
from tests.signed_bills import authority, fresh, page, saved

# The account's own name holds none of these words.
NAME, STREET, FILE = "ZYGOMATIQUE", "IMPASSE DU QUOKKA", "XYLOPHAGE"
CANARIES = (NAME, "QUOKKA", FILE)


def everything(session) -> str:
    """Return every row of every table, the queue's included, as text; bytes as letters where they are letters."""
    tables = [table.fullname for table in Base.metadata.sorted_tables if not table.name.startswith("territory")]
    found = []
    for table in [*tables, "procrastinate.procrastinate_jobs"]:
        for row in session.execute(text(f"SELECT * FROM {table}")):
            found += [value.decode("latin-1") if isinstance(value, bytes | memoryview) else str(value) for value in row]
    return "\n".join(found).upper()


def left(session, caplog, *more: str) -> list[str]:
    whole = "\n".join([everything(session), caplog.text, *more]).upper()
    return [word for word in CANARIES if word in whole]


@pytest.fixture
def bill(now):
    """A bill of somebody called by a canary, living in another: the text of its code, and the file."""
    signed = fresh(now, name=f"MME/{NAME}/CAMILLE", street=f"12 {STREET}")
    code = signed.text()
    return code, saved(page(code, words=FILE).convert("RGB"), "JPEG", comment=FILE.encode())


@pytest.fixture(autouse=True)
def loud(caplog):
    caplog.set_level(logging.DEBUG)


def test_the_search_finds_what_is_there(make, session, caplog):
    make.account(level=1, name="Camille Zygomatique")

    assert left(session, caplog) == [NAME]


@pytest.mark.untimed
def test_a_signed_bill_leaves_nothing(make, session, now, bill, caplog):
    camille, other = make.account(level=1, name="Camille Z."), make.account(level=1, name="Camille Z.")
    _code, file = bill
    opened = reading.open_file(file)

    for account, expected in ((camille, None), (other, "proof_used")):
        reason = proofs.judge(
            session,
            account_id=account.id,
            codes=opened.codes,
            trust=authority().trust,
            keyring=KEYRING,
            now=now,
        )
        assert reason == expected

    assert queries.home(session, camille.id).level == 3
    assert left(session, caplog, repr(proof_queries.attempts(session, camille.id))) == []


@pytest.mark.untimed
def test_a_document_leaves_nothing_before_nor_after(make, session, now, bill, caplog):
    judge, pages = make.administrator().id, reading.open_file(bill[1]).pages
    accepted, refused = (make.request(make.account(level=1, name="Camille Z."), pages=pages) for _ in range(2))
    assert left(session, caplog) == []  # encrypted while they wait

    services.verify(session, request_id=accepted, administrator_id=judge, now=now)
    services.refuse(session, request_id=refused, administrator_id=judge, reason="other_name", now=now)

    session.flush()
    assert left(session, caplog) == []
    assert b"\xff\xd8\xff".decode("latin-1") not in everything(session).lower()


def test_a_letter_leaves_nothing_before_nor_after(make, session, now, caplog):
    camille, judge = make.account(level=1, name="Camille Z."), make.administrator().id
    letters.ask(
        session,
        account_id=camille.id,
        name=f"Camille {NAME.title()}",
        street=f"12 {STREET.title()}",
        more=FILE.title(),
        postcode="86000",
        keyring=KEYRING,
        now=now,
    )
    assert left(session, caplog) == []

    (printed,) = letters.print_all(session, keyring=KEYRING, administrator_id=judge, now=now)
    assert STREET.title() in printed.lines[2]
    assert left(session, caplog, repr(printed)) == []
    letters.post_all(session, administrator_id=judge, now=now)
    answer = letters.enter(
        session, account_id=camille.id, typed=printed.code, keyring=KEYRING, now=now + timedelta(days=3)
    )

    assert answer is None
    assert left(session, caplog) == []
    assert printed.code not in everything(session)
