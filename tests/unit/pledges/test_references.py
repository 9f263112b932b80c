"""What the provider keeps to find a pledge again, and the hash that binds a decision."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.pledges.chain import digest, genesis
from marketplace.pledges.checkout import parse_reference, reference

ONE, TWO = UUID(int=1), UUID(int=2)


@given(st.uuids(), st.uuids())
def test_a_reference_is_read_back(campaign_id, pledge_id):
    assert parse_reference(reference(campaign_id, pledge_id)) == (campaign_id, pledge_id)


@pytest.mark.parametrize("text", [None, "", "/", "order-17", f"{ONE}", f"{ONE}/", f"{ONE}/{TWO}/{ONE}", f"{ONE}/x"])
def test_what_is_not_ours_is_nobodys(text):
    assert parse_reference(text) is None


def facts(**changes):
    return {
        "campaign_id": ONE,
        "seq": 1,
        "pledge_id": TWO,
        "at": "2026-11-23T09:00:00+00:00",
        "evidence": {"verdict": "accept", "amount_cents": 50_00},
        "previous": genesis(ONE),
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"campaign_id": TWO},
        {"seq": 2},
        {"pledge_id": ONE},
        {"at": "2026-11-23T09:00:00.000001+00:00"},
        {"evidence": {"verdict": "accept", "amount_cents": 50_01}},
        {"evidence": {"verdict": "accept", "amount_cents": "5000"}},
        {"previous": genesis(TWO)},
    ],
)
def test_every_fact_changes_the_hash_of_a_decision(changes):
    assert digest(**facts(**changes)) != digest(**facts())


def test_each_campaign_has_a_beginning_of_its_own():
    assert genesis(ONE) != genesis(TWO)
    assert len(genesis(ONE)) == 64
