"""After a decision no page, export or mail says a name, an address or a word of the file, to whoever asks."""

import pytest

from marketplace.residency import reading
from tests.signed_bills import fresh, page, saved

NAME, STREET, FILE = "ZYGOMATIQUE", "IMPASSE DU QUOKKA", "XYLOPHAGE"
CANARIES = (NAME, "QUOKKA", FILE)


@pytest.fixture
def pages_of_a_bill(now):
    """The redrawn pages of a bill of somebody called by a canary, living in another."""
    code = fresh(now, name=f"MME/{NAME}/CAMILLE", street=f"12 {STREET}").text()
    return reading.open_file(saved(page(code, words=FILE).convert("RGB"), "JPEG", comment=FILE.encode())).pages


@pytest.mark.untimed
def test_no_page_says_what_a_proof_said(app, visit, sign_in, make, mailbox, pages_of_a_bill):  # noqa: PLR0917
    person, judge = make.account(level=1, name="Camille Z."), make.account(administrator=True)
    requests = [make.request(one, pages=pages_of_a_bill) for one in (person, make.account(level=1))]
    browsers = [visit() for _ in range(3)]
    sign_in(browsers[1].browser, person)
    sign_in(browsers[2].browser, judge)
    desk = "/moderation/residences"
    assert browsers[2].post(f"{desk}/{requests[0]}/justificatif").status_code == 303
    assert browsers[2].post(f"{desk}/{requests[1]}/refus", reason="other_name").status_code == 303

    paths = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    paths += [f"{desk}/{request}" for request in requests]
    answers = {(path, number): one.get(path).data for path in paths for number, one in enumerate(browsers)}

    assert len(answers) > 100
    said = [where for where, data in answers.items() for word in CANARIES if word.lower().encode() in data.lower()]
    assert said == []
    mails = mailbox.deliver()
    assert len(mails) >= 2  # accepted, refused
    letters = " ".join(f"{mail.subject} {mail.text} {mail.html}" for mail in mails).upper()
    assert [word for word in CANARIES if word in letters] == []
