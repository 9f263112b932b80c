"""Where the money comes from: live on the page, and signed, for anybody to verify without this site."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from marketplace.locality.presets import Options
from tests.arranged import arranged
from tests.factories import CHAUVIGNY, NIORT, POITIERS
from tests.web.pages import by_id, links, text_of

# Eleven people have to pledge first.
pytestmark = pytest.mark.untimed
DOCS = Path(__file__).resolve().parents[3] / "docs" / "attestations.md"


@arranged
def campaign(make):
    """A campaign for Grand Poitiers, then for the départements around: six people of the first, five of the others."""
    found = make.campaign(preset="epci", rule_options=Options(wider="departement"))
    for _ in range(3):
        make.pledge(campaign=found, backer=make.account(commune=POITIERS), amount=100)
        make.pledge(campaign=found, backer=make.account(commune=CHAUVIGNY), amount=20, state="confirmed")
    for _ in range(5):
        make.pledge(campaign=found, backer=make.account(commune=NIORT), amount=28)
    make.pledge(campaign=found, backer=found.owner, amount=100)
    return found


@pytest.fixture
def attestation(reader):
    def download(campaign):
        answer = reader.get(f"/collectes/{campaign.id}/attestation.json")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return answer.text

    return download


def test_what_is_attested(attestation, campaign):
    stated = json.loads(attestation(campaign))["statement"]

    assert stated["money"] == {
        "promised_cents": 600_00,
        "firm_cents": 60_00,
        "people": 11,
        "rings": [
            {"from": 0, "to": 0, "people": 6, "promised_cents": 360_00, "firm_cents": 60_00},
            {"from": 1, "to": 1, "people": 5, "promised_cents": 140_00, "firm_cents": 0},
        ],
        "related_cents": 100_00,
        "public_bodies_cents": 0,
        "local": {"up_to_ring": 0, "promised_cents": 360_00, "permille": 600},
    }
    assert stated["decisions"]["count"] == 12
    assert [ring["communes"] for ring in stated["rule"]["rings"]] == [40, 1760]


def test_it_says_nothing_of_anybody(attestation, campaign, database):
    written = attestation(campaign)

    with database.sessions() as session:
        people = session.execute(text("SELECT id::text, display_name, email FROM account")).all()
        pledges = session.execute(text("SELECT id::text FROM pledge")).scalars().all()
    for word in [*(value for person in people for value in person), *pledges, NIORT, CHAUVIGNY]:
        assert word not in written


def test_the_page_says_it_live_and_keeps_the_owners_money_apart(reader, campaign):
    section = by_id(reader.page(f"/collectes/{campaign.id}"), "voisins")
    said = text_of(section)

    assert "60 % de cet argent vient d’ici." in said.replace("\u202f", " ").replace("\xa0", " ")
    assert "Le porteur et ses proches" in said
    assert f"/collectes/{campaign.id}/attestation.json" in links(section).values()


def test_too_few_people_are_not_spoken_of(reader, make, attestation):
    campaign = make.campaign(preset="epci", rule_options=Options(wider="departement"))
    for commune in (POITIERS, POITIERS, POITIERS, POITIERS, POITIERS, NIORT, NIORT):
        make.pledge(campaign=campaign, backer=make.account(commune=commune), amount=10)

    stated = json.loads(attestation(campaign))["statement"]["money"]

    assert [(line["from"], line["to"], line["people"]) for line in stated["rings"]] == [(0, 1, 7)]
    assert stated["local"] == {"up_to_ring": 0, "promised_cents": None, "permille": None}
    said = text_of(by_id(reader.page(f"/collectes/{campaign.id}"), "voisins"))
    assert "dès que chaque ligne parlera d’au moins cinq personnes" in said


@pytest.fixture
def files(reader, attestation, campaign, tmp_path):
    """The files that somebody keeps: the attestation and the public keys."""
    (tmp_path / "attestation.json").write_text(attestation(campaign), encoding="utf-8")
    (tmp_path / "cles.json").write_text(reader.get("/attestations/cles.json").text, encoding="utf-8")
    return tmp_path


def touch(folder, old="36000", new="36001"):
    path = folder / "attestation.json"
    written = path.read_text(encoding="utf-8")
    assert old in written
    path.write_text(written.replace(old, new), encoding="utf-8")


def of_docs(language):
    return re.search(rf"```{language}\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[1]


def run_python(folder):
    command = [sys.executable, "-c", of_docs("python"), "attestation.json", "cles.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.untimed
def test_ten_lines_of_python_verify_it(files):
    good = run_python(files)
    touch(files)
    bad = run_python(files)

    assert (good.returncode, good.stdout) == (0, "good\n")
    assert bad.returncode != 0
    assert "InvalidSignature" in bad.stderr


@pytest.mark.untimed
@pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("jq")), reason="needs openssl and jq")
def test_openssl_verifies_it(files):
    script = ["sh", "-e", "-c", of_docs("sh")]
    good = subprocess.run(script, cwd=files, capture_output=True, text=True, check=False)
    touch(files)
    bad = subprocess.run(script, cwd=files, capture_output=True, text=True, check=False)

    assert good.returncode == 0, good.stderr
    assert bad.returncode != 0


def test_the_page_of_keys_shows_those_that_sign(reader, files):
    (key,) = json.loads((files / "cles.json").read_text(encoding="utf-8"))

    tree = reader.page("/attestations")
    page = text_of(tree)

    shown = next(tree.iter("pre"))
    assert {line for line in "".join(shown.itertext()).splitlines() if line} <= set(of_docs("sh").splitlines())
    assert key["id"] in page
    assert "BEGIN PUBLIC KEY" in page
    assert "PRIVATE" not in page


@pytest.fixture
def verify(app):
    def run(folder, *options):
        arguments = ["locality", "verify-attestation", str(folder / "attestation.json"), *options]
        return app.test_cli_runner().invoke(args=arguments)

    return run


def rewrite_the_last_decision(session):
    """As somebody could who rules over the database."""
    session.execute(text("ALTER TABLE decision DISABLE TRIGGER USER"))
    session.execute(text("UPDATE decision SET hash = repeat('0', 64) WHERE seq = 12"))
    session.execute(text("ALTER TABLE decision ENABLE TRIGGER USER"))


def test_the_command_verifies_a_file_and_the_history_behind_it(verify, files, database):
    assert verify(files).exit_code == 0
    assert verify(files, "--keys", str(files / "cles.json"), "--against-database").exit_code == 0

    database.in_transaction(rewrite_the_last_decision)
    rewritten = verify(files, "--against-database")

    assert rewritten.exit_code == 1
    assert "not_this_history" in rewritten.output
    assert verify(files).exit_code == 0, "the signature alone is still good"


def test_a_file_that_was_touched_or_is_none_is_refused_in_words(verify, files):
    touch(files)
    touched = verify(files)
    (files / "attestation.json").write_text("{", encoding="utf-8")
    torn = verify(files)

    assert (touched.exit_code, torn.exit_code) == (1, 2)
    assert "bad_signature" in touched.output
    assert "not JSON" in torn.output


def test_after_a_turn_of_keys_an_old_file_still_holds(app, reader, verify, files):
    turned = app.test_cli_runner().invoke(args=["locality", "rotate-key"])

    assert turned.exit_code == 0
    ids = [key["id"] for key in json.loads(reader.get("/attestations/cles.json").text)]
    assert ids[0] == turned.output.strip()
    assert len(ids) >= 2
    assert verify(files).exit_code == 0


def test_a_draft_has_no_attestation(reader, make):
    assert reader.get(f"/collectes/{make.campaign(state='draft').id}/attestation.json").status_code == 404
