"""What is asked for which instrument; and that words once shown are never edited."""

import pytest

from marketplace.projects.rules import INSTRUMENTS
from marketplace.protection import texts
from marketplace.protection.regimes import REGIMES, regime_of


@pytest.mark.parametrize("instrument", ["gift", "gift_with_reward", "interest_free_loan", "non_business_loan"])
def test_nothing_is_asked_that_the_law_does_not_ask(instrument):
    assert not regime_of(instrument).assessed


@pytest.mark.parametrize("instrument", ["loan", "royalty_loan", "bond", "participating_security", "share"])
def test_what_european_law_asks(instrument):
    assert (regime_of(instrument).assessed, regime_of(instrument).by_law) == (True, True)


def test_shares_of_cooperatives_are_protected_of_our_own_accord():
    assert (regime_of("cooperative_share").assessed, regime_of("cooperative_share").by_law) == (True, False)


def test_an_instrument_nobody_thought_of_gets_the_strictest():
    assert regime_of("token").assessed
    assert set(INSTRUMENTS) <= set(REGIMES)


def test_today_s_words_are_found_by_their_digest_and_no_others():
    for text in texts.ALL:
        assert texts.BY_SHA256[text.sha256] == text
        assert texts.current(text.kind, text.locale).version >= text.version
    warning = texts.current("total_loss", "fr")
    assert texts.shown("total_loss", warning.sha256) == warning
    assert texts.shown("gift_risk", warning.sha256) is None
    assert texts.shown("total_loss", "0" * 64) is None
    assert texts.current("total_loss", "de").locale == "fr"


def test_the_warning_of_the_law_is_word_for_word():
    assert texts.current("total_loss", "en").body == (
        "An investment in a crowdfunding project includes the risk of losing the entirety of the money invested."
    )


@pytest.mark.parametrize(
    ("instrument", "kind"),
    [
        ("gift", "gift_risk"),
        ("gift_with_reward", "gift_risk"),
        ("interest_free_loan", "loan_risk"),
        ("loan", "loan_risk"),
        ("bond", "investment_risk"),
        ("cooperative_share", "investment_risk"),
    ],
)
def test_which_risk_goes_with_an_instrument(instrument, kind):
    assert texts.risk_kind(instrument) == kind
