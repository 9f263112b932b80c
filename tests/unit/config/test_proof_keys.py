"""The keys that encrypt what waits for a person."""

import base64

import pytest

from config import Config, ConfigurationError

KEY, OTHER = (base64.b64encode(letter * 32).decode() for letter in (b"a", b"b"))


def settings(tmp_path, **given):
    return Config.from_environment({"SECRET_KEY": "x", "VAR_DIR": str(tmp_path), **given})


def test_keys_are_numbered_and_kept_out_of_sight(tmp_path):
    config = settings(tmp_path, PROOF_KEYS=f"2:{OTHER}, 1:{KEY}", PROOF_PEPPER="pepper")

    assert config.proof_keys == {1: b"a" * 32, 2: b"b" * 32}
    assert config.proof_pepper == b"pepper"
    assert "aaaa" not in repr(config)


def test_an_installation_makes_its_own_once(tmp_path):
    first, second = settings(tmp_path), settings(tmp_path)

    assert first.proof_keys == second.proof_keys
    assert len(first.proof_keys[1]) == 32
    assert first.proof_pepper == second.proof_pepper
    assert (tmp_path / "proof_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["x", KEY, f"one:{KEY}", "1:short", f"1:{KEY[:-4]}", f"1:{KEY},", f"1:é{KEY}"])
def test_keys_that_are_none_are_refused_in_one_line(tmp_path, text):
    with pytest.raises(ConfigurationError) as refused:
        settings(tmp_path, PROOF_KEYS=text)

    assert str(refused.value).startswith("PROOF_KEYS: expected")
    assert "\n" not in str(refused.value)
