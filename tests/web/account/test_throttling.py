"""Too many tries: 429, a time to wait, and a way in for the victim."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from config import Config
from marketplace.app import create_app
from marketplace.core.limits import RateLimit
from tests.web.account.visits import ADDRESS, GOOD, OTHER, Visitor


def attack(visit, tries, email=ADDRESS, **options):
    return [visit().sign_in(email=email, password=OTHER, **options) for _ in range(tries)]


def test_the_eleventh_try_at_an_account_waits(member, visit):
    answers = attack(visit, 11)

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert "Trop d’essais" in answers[-1].text
    assert visit().sign_in().status_code == 429  # the right password too


def test_an_unknown_address_is_throttled_alike(visit):
    assert [answer.status_code for answer in attack(visit, 11, email="personne@exemple.fr")] == [422] * 10 + [429]


def test_the_victim_signs_in_by_mail_while_the_attack_goes_on(member, visit, mailbox):
    attack(visit, 12)
    victim = visit()

    victim.post("/mot-de-passe-oublie", email=ADDRESS)
    victim.post(mailbox.link(), password="violon cactus barque")

    assert victim.signed_in()
    assert member.get("/mon-compte").status_code == 303


def test_the_hour_passes(member, visit, now):
    attack(visit, 11)

    with time_machine.travel(now + timedelta(hours=1, minutes=1)):
        assert visit().sign_in().status_code == 303


def test_a_success_starts_the_account_afresh_and_costs_the_address_nothing(member, visit, session):
    for _ in range(4):
        attack(visit, 9)
        assert visit().sign_in().status_code == (303 if _ < 3 else 429)  # 27 wrong ones, then the address is used up

    keys = session.scalars(select(RateLimit.key)).all()
    assert keys
    assert not any("127.0.0.1" in key or ADDRESS in key for key in keys)


def test_one_address_may_not_try_many_accounts(visit):
    statuses = [visit().sign_in(email=f"personne{number}@exemple.fr").status_code for number in range(31)]

    assert statuses == [422] * 30 + [429]


@pytest.mark.parametrize(
    ("path", "typed", "most"),
    [("/mot-de-passe-oublie", {"email": ADDRESS}, 5), ("/inscription", None, 5)],
)
def test_one_mailbox_is_not_flooded(visit, mailbox, path, typed, most):
    statuses = [(visit().post(path, **typed) if typed else visit().sign_up()).status_code for _ in range(most + 1)]

    assert statuses == [303] * most + [429]
    assert len(mailbox.deliver()) <= most


def test_two_processes_count_together(committed, tmp_path, csrf, app):
    config = Config(
        database_url=committed.engine.url.render_as_string(hide_password=False),
        secret_key=app.secret_key,
        site_url="http://localhost",
        port=8000,
        var=tmp_path,
        stripe_secret_key=None,
        stripe_webhook_secret=None,
        stripe_api_base="http://127.0.0.1:8001",
    )
    sites = [create_app(config, database=committed) for _ in range(2)]

    statuses = [
        Visitor(sites[number % 2].test_client(), csrf).sign_in(password=GOOD).status_code for number in range(12)
    ]

    assert statuses == [422] * 10 + [429] * 2


def test_an_ipv6_network_counts_as_one(app):
    from marketplace.web.limits import here

    def seen(address):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return here()

    assert seen("2001:db8:1:2:aaaa::1") == seen("2001:db8:1:2:bbbb::2")
    assert seen("2001:db8:1:3::1") != seen("2001:db8:1:2::1")
    assert seen("::ffff:192.0.2.1") == seen("192.0.2.1") == "192.0.2.1"
    assert seen("") == "unknown"
