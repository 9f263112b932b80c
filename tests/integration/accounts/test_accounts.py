"""Opening an account, confirming it, changing its password, granting the one role."""

import pytest
from sqlalchemy import func, select

from marketplace.accounts import queries, services
from marketplace.accounts.errors import AccountRefused
from marketplace.accounts.models import Account, AccountSession
from marketplace.accounts.sign_in import open_session, stamp_of
from marketplace.core.audit import AuditEvent
from marketplace.core.db import uuid7
from marketplace.core.errors import NotFound
from marketplace.residency import queries as residency


def signed_in_device(session, account_id, now):
    return open_session(
        session, account_id=account_id, security_stamp=stamp_of(session, account_id), device="Firefox", now=now
    )


def test_a_new_address_opens_an_account_and_is_written_to(people, session, now):
    account_id = people.register(email=" Camille@Exemple.fr ")

    person = queries.person(session, account_id)
    assert (person.email, person.display_name, person.email_confirmed_at) == ("Camille@exemple.fr", "Camille D.", None)
    assert [(mail.kind, mail.account_id, mail.params) for mail in people.mails()] == [
        ("confirm_email", str(account_id), {})
    ]


def test_a_known_address_changes_nothing_but_is_told(people, session, now):
    first = people.register()
    before = queries.credentials_of(session, first)

    again = services.register(
        session, email="CAMILLE@exemple.fr", display_name="Autre", password_hash="other", locale="en", now=now
    )

    assert (again.account_id, again.is_new) == (first, False)
    assert queries.credentials_of(session, first) == before
    assert queries.person(session, first).display_name == "Camille D."
    assert [mail.kind for mail in people.mails()] == ["confirm_email", "already_registered"]


@pytest.mark.parametrize(
    ("email", "name", "code"),
    [
        ("nobody", "Camille", "email_invalid"),
        ("a@b.fr", "x" * 81, "display_name_invalid"),
        ("a@b.fr", "\0", "display_name_invalid"),
    ],
)
def test_a_refused_sign_up_writes_nothing(people, session, email, name, code):
    with pytest.raises(AccountRefused, match=code):
        people.register(email=email, name=name)

    assert session.scalar(select(func.count()).select_from(Account)) == 0
    assert people.mails() == []


def test_a_confirmation_works_once(people, session, now):
    account_id = people.register()
    stamp = stamp_of(session, account_id)

    services.confirm_email(session, account_id=account_id, security_stamp=stamp, now=now)

    assert queries.person(session, account_id).email_confirmed_at == now
    with pytest.raises(AccountRefused, match="link_used"):
        services.confirm_email(session, account_id=account_id, security_stamp=stamp, now=now)


def test_a_link_for_somebody_else_confirms_nothing(people, session, now):
    mine, theirs = people.register(), people.register("autre@exemple.fr")

    with pytest.raises(AccountRefused, match="link_used"):
        services.confirm_email(session, account_id=theirs, security_stamp=stamp_of(session, mine), now=now)
    with pytest.raises(AccountRefused, match="link_used"):
        services.confirm_email(session, account_id=uuid7(), security_stamp=stamp_of(session, mine), now=now)

    assert queries.person(session, theirs).email_confirmed_at is None


def test_a_second_confirmation_mail_is_for_whoever_needs_it(people, session, now):
    account_id = people.register()
    services.ask_confirmation(session, account_id=account_id)
    services.confirm_email(session, account_id=account_id, security_stamp=stamp_of(session, account_id), now=now)
    services.ask_confirmation(session, account_id=account_id)

    assert [mail.kind for mail in people.mails()] == ["confirm_email", "confirm_email"]


def test_only_a_confirmed_address_may_act(people, session, now):
    account_id = people.register()
    with pytest.raises(AccountRefused, match="email_not_confirmed"):
        services.require_confirmed_email(session, account_id)

    services.confirm_email(session, account_id=account_id, security_stamp=stamp_of(session, account_id), now=now)

    services.require_confirmed_email(session, account_id)


def test_asking_for_a_reset_does_the_same_for_an_unknown_address(people, session):
    account_id = people.register()

    services.ask_reset(session, email="Camille@EXEMPLE.fr")
    services.ask_reset(session, email="nobody@exemple.fr")

    _, known, unknown = people.mails()
    assert (known.kind, known.account_id, known.params) == ("reset_password", str(account_id), {})
    assert (unknown.kind, unknown.params) == ("reset_password", {})
    assert queries.people(session, [unknown.account_id]) == {}


def test_a_reset_replaces_the_password_and_signs_every_device_out(people, session, now):
    account_id, other = people.register(), people.register("autre@exemple.fr")
    token, theirs = signed_in_device(session, account_id, now), signed_in_device(session, other, now)
    stamp = stamp_of(session, account_id)

    renewed = services.reset_password(
        session, account_id=account_id, security_stamp=stamp, password_hash="new", now=now
    )

    known = queries.credentials_of(session, account_id)
    assert (known.password_hash, known.security_stamp) == ("new", renewed)
    assert queries.person(session, account_id).email_confirmed_at == now
    assert residency.behind(session, token, now=now) is None
    assert residency.behind(session, theirs, now=now) is not None
    assert people.mails()[-1].kind == "password_changed"
    with pytest.raises(AccountRefused, match="link_used"):
        services.reset_password(session, account_id=account_id, security_stamp=stamp, password_hash="x", now=now)


def test_a_change_of_password_signs_every_device_out(people, session, now):
    account_id = people.register()
    token = signed_in_device(session, account_id, now)

    services.change_password(
        session, account_id=account_id, security_stamp=stamp_of(session, account_id), password_hash="new"
    )

    assert residency.behind(session, token, now=now) is None
    assert people.mails()[-1].kind == "password_changed"


def test_a_password_that_changed_meanwhile_changes_nothing(people, session, now):
    account_id = people.register()

    with pytest.raises(AccountRefused, match="password_wrong"):
        services.change_password(session, account_id=account_id, security_stamp=uuid7(), password_hash="new")

    assert queries.credentials_of(session, account_id).password_hash == "hash"


def test_a_profile_is_changed_by_name_and_language_only(people, session):
    account_id = people.register()

    services.update_profile(session, account_id=account_id, display_name="  Cam  ", locale="en")

    person = queries.person(session, account_id)
    assert (person.display_name, person.locale, person.is_administrator) == ("Cam", "en", False)


def test_the_role_is_granted_once_logged_and_asks_for_a_new_sign_in(people, session, now):
    account_id, other = people.register(), people.register("autre@exemple.fr")
    services.confirm_email(session, account_id=account_id, security_stamp=stamp_of(session, account_id), now=now)
    token = signed_in_device(session, account_id, now)

    for _ in range(2):
        assert services.grant_administrator(session, email="Camille@exemple.fr", now=now) == account_id

    assert queries.person(session, account_id).is_administrator
    assert not queries.person(session, other).is_administrator
    assert residency.behind(session, token, now=now) is None
    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.subject_id, event.details) == (
        "account.grant_administrator",
        account_id,
        {"door": "cli"},
    )


@pytest.mark.parametrize(
    ("email", "code"), [("nobody@exemple.fr", "administrator_unknown"), ("camille@exemple.fr", "email_not_confirmed")]
)
def test_the_role_is_refused_to_the_unknown_and_the_unconfirmed(people, session, now, email, code):
    people.register()

    with pytest.raises(AccountRefused, match=code):
        services.grant_administrator(session, email=email, now=now)

    assert session.scalars(select(Account.is_administrator)).one() is False
    assert session.scalars(select(AuditEvent)).all() == []


def test_nobody_is_found_under_no_address(people, session):
    people.register()

    assert queries.credentials(session, "not an address") is None
    assert queries.credentials(session, "nobody@exemple.fr") is None
    assert queries.credentials_of(session, uuid7()) is None
    with pytest.raises(NotFound):
        queries.person(session, uuid7())


def test_secrets_stay_out_of_what_is_printed(people, session):
    known = queries.credentials_of(session, people.register())

    assert "hash" not in repr(known).replace("password_hash", "")
    assert str(known.security_stamp) not in repr(known)


def test_deleting_an_account_takes_its_devices_along(people, session, now):
    account_id = people.register()
    signed_in_device(session, account_id, now)

    session.delete(session.get(Account, account_id))
    session.flush()

    assert session.scalars(select(AccountSession)).all() == []
