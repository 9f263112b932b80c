"""Settings that make no sense stop the program with one line that says what to change."""

import pytest

from config import Config, ConfigurationError


def settings(tmp_path, **given):
    return Config.from_environment({"SECRET_KEY": "x", "VAR_DIR": str(tmp_path), **given})


@pytest.mark.parametrize(("given", "proxies"), [({}, 0), ({"TRUSTED_PROXIES": ""}, 0), ({"TRUSTED_PROXIES": "2"}, 2)])
def test_proxies_are_counted(given, proxies, tmp_path):
    assert settings(tmp_path, **given).trusted_proxies == proxies


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "10", "127.0.0.1"])
def test_proxies_that_are_no_number_are_refused_in_one_line(text, tmp_path):
    with pytest.raises(ConfigurationError) as refused:
        settings(tmp_path, TRUSTED_PROXIES=text)

    assert str(refused.value).startswith("TRUSTED_PROXIES: expected")
    assert "\n" not in str(refused.value)
