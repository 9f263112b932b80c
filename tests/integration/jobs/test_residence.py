"""What the worker does about residence, and the command that replaces a key."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace import jobs
from marketplace.core import clock
from marketplace.core.sealing import Keyring
from marketplace.residency import proof_queries
from marketplace.residency.models import ProofPage, ResidenceLink, ResidenceRequest
from tests.factories.proofs import KEYRING, PICTURE


@pytest.fixture
def later(make):
    """Let days pass in the demonstration."""

    def pass_by(days):
        make.do(lambda session: clock.advance(session, timedelta(days=days)))

    return pass_by


def test_reminders_and_destruction_come_by_themselves(app, make, session, later):
    camille = make.account(level=1)
    request = make.request(camille)

    jobs.residence.remind()
    jobs.residence.purge()
    assert session.scalars(select(ResidenceLink.reminded_days)).all() == [None]
    assert session.get_one(ResidenceRequest, request).outcome is None
    later(61)
    jobs.residence.purge()
    later(340)
    jobs.residence.remind()

    session.expire_all()
    assert session.get_one(ResidenceRequest, request).outcome == "moot"
    assert session.scalars(select(ProofPage)).all() == []
    assert session.scalars(select(ResidenceLink.reminded_days)).all() == [30]


def test_a_key_is_replaced_from_the_command_line(app, make, session, monkeypatch):
    request = make.request(make.account(level=1))
    wired = app.extensions["mitoyen"]
    newer = Keyring({**KEYRING.keys, 2: b"2" * 32}, KEYRING.pepper)
    both = type(wired)(**{**vars(wired), "config": _with_keys(wired.config, newer.keys)})
    monkeypatch.setitem(app.extensions, "mitoyen", both)

    said = app.test_cli_runner().invoke(args=["proofs", "replace-key"])

    assert said.exit_code == 0, said.output
    assert "key 2" in said.output
    alone = Keyring({2: b"2" * 32}, KEYRING.pepper)
    where = {"request_id": request, "number": 1, "administrator_id": make.administrator().id}
    assert proof_queries.picture(session, keyring=alone, **where) == PICTURE


def test_a_key_that_is_missing_is_named(app, make, monkeypatch):
    make.request(make.account(level=1))
    wired = app.extensions["mitoyen"]
    lost = type(wired)(**{**vars(wired), "config": _with_keys(wired.config, {2: b"2" * 32})})
    monkeypatch.setitem(app.extensions, "mitoyen", lost)

    said = app.test_cli_runner().invoke(args=["proofs", "replace-key"])

    assert said.exit_code == 1
    assert "PROOF_KEYS lacks a key" in said.output


def _with_keys(config, keys):
    return type(config)(**{**vars(config), "proof_keys": keys})
