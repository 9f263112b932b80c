"""Kinds of mail: complete or refused, and leading nowhere else."""

import pytest

from marketplace.notifications.rules import KINDS, check, path


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="no mail is called"):
        check("birthday", {})


def test_a_missing_param_is_named():
    with pytest.raises(ValueError, match="revocable_until"):
        check(
            "pledge_confirmed", {"amount_cents": 1, "campaign_title": "x", "pledge_path": "/x", "revocable_until": None}
        )


def test_a_link_to_elsewhere_is_refused():
    with pytest.raises(ValueError, match="leads elsewhere"):
        check("campaign_approved", {"campaign_title": "x", "campaign_path": "https://elsewhere.example/"})


def test_the_link_of_a_mail_is_a_path_of_this_site():
    assert path(KINDS["campaign_approved"], {"campaign_path": "/collectes/1"}) == "/collectes/1"
    assert path(KINDS["reset_password"], {}) == "/mot-de-passe/"
