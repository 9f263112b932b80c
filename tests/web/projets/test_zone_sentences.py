"""Every reason why a zone cannot be compiled is a sentence, in both languages, with its figures."""

import pytest
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.locality.zones import REASONS, ZoneError
from marketplace.territories.errors import refusal
from marketplace.web.messages import SENTENCES, sentence

PATH = ("rings", 1, "zone", "of", 0, "codes", 3)


def test_every_reason_has_one_and_none_is_left_over():
    assert {code for code in SENTENCES if code.startswith("zone_")} == {f"zone_{code}" for code in REASONS} | {
        code for code in SENTENCES if code == "zone_without_project"
    }


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("reason", sorted(REASONS))
def test_it_can_be_said(reason, locale, site):
    refused = refusal(ZoneError(reason, "86999", PATH), field="communes")

    with site.test_request_context(), force_locale(locale):
        said = sentence(refused.code, **refused.facts)

    assert refused.field == "communes"
    assert said.endswith(".")
    assert len(said) > 25


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reason=st.sampled_from(sorted(REASONS)), value=VALUES, path=st.lists(st.text() | st.integers(), max_size=9))
def test_it_can_be_sent_whatever_was_written(reason, value, path, site):
    refused = refusal(ZoneError(reason, value, tuple(path)))

    with site.test_request_context():
        said = sentence(refused.code, **refused.facts)

    assert said.encode()
    assert len(said) < 400
