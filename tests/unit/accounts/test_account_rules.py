"""Addresses, names, passwords and how long a device counts."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.accounts.passwords import common_passwords
from marketplace.accounts.rules import (
    ABSOLUTE,
    IDLE,
    clean_name,
    fold,
    normalise_password,
    parse_email,
    password_fault,
    session_is_alive,
)

THEN = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "normalised"),
    [
        ("Camille@Exemple.FR", "camille@exemple.fr"),
        ("  camille@exemple.fr ", "camille@exemple.fr"),
        ("ｃamille@exemple.fr", "camille@exemple.fr"),
        ("camille@exämple.fr", "camille@xn--exmple-cua.fr"),
        ("camille+prets@exemple.fr", "camille+prets@exemple.fr"),
    ],
)
def test_one_mailbox_has_one_spelling(typed, normalised):
    assert parse_email(typed).normalised == normalised


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "camille",
        "camille@",
        "@exemple.fr",
        "camille@localhost",
        "camillé@exemple.fr",
        "сamille@exemple.fr",  # a Cyrillic first letter
        "camille@exemple.fr\0",
        "camille@exemple.fr\nBcc: x@y.fr",
        "a" * 300 + "@exemple.fr",
        "x" * 100_000,
        "\ud800@exemple.fr",
        "a@b@c.fr",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(ValueError):
        parse_email(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Camille   D. ", "Camille D."), ("Élodie", "Élodie"), ("Camille\u00a0D.", "Camille D."), ("李雷", "李雷")],
)
def test_a_name_is_kept_as_meant(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "a" * 81, "x\0y", "Camille\u202eD", "a\u200bb", "\ud800", "x\x1by"])
def test_a_disguised_or_endless_name_is_refused(typed):
    with pytest.raises(ValueError):
        clean_name(typed)


@pytest.mark.parametrize(
    "password",
    [
        "brouette soleil tandem",
        "correct cheval batterie",
        "vélo-jaune-7-nuages",
        "mitoyen brouette tandem",
        "密码很长很长很长很长很长",
    ],
)
def test_a_long_uncommon_password_is_fine(password):
    assert password_fault(password, email="camille.durand@exemple.fr", common=common_passwords()) is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("onze lettre", "password_too_short"),
        ("x" * 129, "password_too_long"),
        ("MotDePasse-2026!", "password_too_common"),
        ("azertyuiopqs", "password_too_common"),
        ("123456789012", "password_too_common"),
        ("aaaaaaaaaaaaaaaa", "password_too_common"),
        ("............", "password_too_common"),
        ("mitoyen-2026-99", "password_too_common"),
        ("camille.durand1", "password_too_common"),
        ("Camille-Durand-86", "password_too_common"),
        ("Épargne2026Voisin", "password_too_common"),
    ],
)
def test_a_short_endless_or_known_password_is_refused(password, fault):
    assert password_fault(password, email="camille.durand@exemple.fr", common=common_passwords()) == fault


def test_lengths_are_counted_in_characters_at_both_ends():
    twelve, most = "brouette sol", "vélo jaune! " * 10 + "abcdefgh"

    assert (len(twelve), len(most)) == (12, 128)
    assert password_fault(twelve, email="a@b.fr", common=frozenset()) is None
    assert password_fault(most, email="a@b.fr", common=frozenset()) is None


def test_a_password_has_one_spelling_however_the_keyboard_composes_accents():
    assert normalise_password("ve\u0301lo") == normalise_password("v\u00e9lo")


def test_the_blocklist_holds_hundreds_of_folded_words():
    words = common_passwords()

    assert len(words) > 400
    assert {fold(word) for word in words} == words


@pytest.mark.parametrize(
    ("since_seen", "since_opened", "alive"),
    [
        (timedelta(0), timedelta(0), True),
        (IDLE - timedelta(seconds=1), IDLE, True),
        (IDLE, IDLE, False),
        (timedelta(0), ABSOLUTE - timedelta(seconds=1), True),
        (timedelta(0), ABSOLUTE, False),
    ],
)
def test_a_device_counts_thirty_days_idle_and_ninety_at_most(since_seen, since_opened, alive):
    opened = THEN - since_opened

    assert session_is_alive(last_seen_at=THEN - since_seen, expires_at=opened + ABSOLUTE, now=THEN) is alive
