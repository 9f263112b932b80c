"""Contents that wait are sealed, bound to what they belong to, and their keys can be replaced."""

from dataclasses import replace

import pytest

from marketplace.core.sealing import Keyring, Unsealable

OLD = Keyring({1: b"1" * 32}, b"pepper")
NEW = Keyring({1: b"1" * 32, 2: b"2" * 32}, b"pepper")
ALONE = Keyring({2: b"2" * 32}, b"pepper")


def test_a_content_opens_where_it_belongs_and_nowhere_else():
    sealed = OLD.seal(b"secret", bound_to="page:1")

    assert OLD.open(sealed, bound_to="page:1") == b"secret"
    assert b"secret" not in sealed.content + sealed.wrapped_key
    with pytest.raises(Unsealable):
        OLD.open(sealed, bound_to="page:2")


@pytest.mark.parametrize("part", ["wrapped_key", "content"])
@pytest.mark.parametrize("at", [0, 12, -1])
def test_one_changed_byte_is_noticed(part, at):
    sealed = OLD.seal(b"secret", bound_to="page:1")
    changed = bytearray(getattr(sealed, part))
    changed[at] ^= 1

    with pytest.raises(Unsealable):
        OLD.open(replace(sealed, **{part: bytes(changed)}), bound_to="page:1")


def test_a_replaced_key_wraps_again_and_leaves_the_content():
    sealed = OLD.seal(b"secret", bound_to="page:1")

    fresh = NEW.rewrapped(sealed, bound_to="page:1")

    assert (fresh.key_version, fresh.content) == (2, sealed.content)
    assert ALONE.open(fresh, bound_to="page:1") == b"secret"
    with pytest.raises(Unsealable):
        ALONE.open(sealed, bound_to="page:1")
    assert NEW.seal(b"x", bound_to="y").key_version == 2


def test_a_fingerprint_tells_the_same_from_another_and_nothing_without_the_pepper():
    assert OLD.fingerprint("a", "x") == NEW.fingerprint("a", "x")
    others = {OLD.fingerprint("a", "y"), OLD.fingerprint("b", "x"), Keyring({1: b"1" * 32}, b"q").fingerprint("a", "x")}
    assert OLD.fingerprint("a", "x") not in others
    assert len(others) == 3


def test_no_secret_shows_in_a_repr():
    assert "1111" not in repr(OLD)
    assert "pepper" not in repr(OLD).replace("pepper=", "")
