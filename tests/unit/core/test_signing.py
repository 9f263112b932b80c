"""Signed statements: anybody may verify them, nobody can change a letter; keys take turns."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.signing import KeyRing, PublicKey, SealBroken, canonical, key_id, open_sealed

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)
STATED = {"title": "Un four à bois", "money": {"cents": 1_000_00, "lines": [1, 2, None]}}
# Signing takes a fraction of a millisecond; files take what the disk takes.
pytestmark = pytest.mark.untimed


@pytest.fixture
def ring(tmp_path):
    return KeyRing(tmp_path / "keys")


def refusal(sealed, keys):
    with pytest.raises(SealBroken) as caught:
        open_sealed(sealed, keys)
    return caught.value.code


def test_a_sealed_statement_opens_with_the_published_key(ring):
    sealed = ring.seal(STATED, now=NOW)
    published = [PublicKey.from_json(json.loads(json.dumps(key.as_json()))) for key in ring.public_keys()]

    stated = open_sealed(json.loads(json.dumps(sealed)), published)

    assert stated == {**STATED, "issued_at": NOW.isoformat(), "key_id": published[0].id}


@pytest.mark.parametrize(
    "change",
    [
        lambda sealed: sealed["statement"].update(title="Un four à pain"),
        lambda sealed: sealed["statement"]["money"].update(cents=1_000_01),
        lambda sealed: sealed["statement"]["money"]["lines"].append(0),
        lambda sealed: sealed["statement"].update(issued_at=(NOW + DAY).isoformat()),
        lambda sealed: sealed["statement"].update(more=1),
        lambda sealed: sealed["statement"].pop("title"),
        lambda sealed: sealed["signature"].update(value=base64.b64encode(bytes(64)).decode()),
    ],
)
def test_a_statement_that_was_touched_does_not_open(change, ring):
    sealed = ring.seal(STATED, now=NOW)
    change(sealed)

    assert refusal(sealed, ring.public_keys()) == "bad_signature"


@pytest.mark.parametrize(
    "sealed",
    [
        None,
        [],
        {},
        {"statement": {}, "signature": {}},
        {"statement": {"issued_at": "soon", "key_id": "a"}, "signature": {"value": "", "key_id": "a"}},
    ],
)
def test_what_is_no_sealed_statement_is_refused(sealed, ring):
    assert refusal(sealed, ring.public_keys()) == "unreadable"


@pytest.mark.parametrize(("key", "value"), [("algorithm", "none"), ("value", "é"), ("key_id", "0" * 16)])
def test_a_signature_of_another_sort_is_refused(key, value, ring):
    sealed = ring.seal(STATED, now=NOW)
    sealed["signature"][key] = value

    assert refusal(sealed, ring.public_keys()) == "unreadable"


def test_the_key_of_another_site_opens_nothing(ring, tmp_path):
    other = KeyRing(tmp_path / "other")
    other.seal(STATED, now=NOW)
    sealed = ring.seal(STATED, now=NOW)
    (mine,) = ring.public_keys()

    assert refusal(sealed, other.public_keys()) == "unknown_key"
    # A key under a false name: the bytes decide.
    assert refusal(sealed, [replace(other.public_keys()[0], id=mine.id)]) == "bad_signature"


def test_a_published_key_whose_name_is_not_its_own_is_refused(ring):
    ring.seal(STATED, now=NOW)
    (key,) = ring.public_keys()

    with pytest.raises(SealBroken, match="unreadable"):
        PublicKey.from_json({**key.as_json(), "id": "0" * 16})
    assert key_id(key.raw) == key.id


def test_after_a_turn_old_statements_hold_and_the_old_key_vouches_for_nothing_new(ring, tmp_path):
    old = ring.seal(STATED, now=NOW)
    private = tmp_path / "keys" / f"{old['signature']['key_id']}.pem"
    stolen = tmp_path / "stolen.pem"
    stolen.write_bytes(private.read_bytes())

    new_key = ring.rotate(now=NOW + DAY)
    new = ring.seal(STATED, now=NOW + 2 * DAY)

    assert new["signature"]["key_id"] == new_key.id != old["signature"]["key_id"]
    assert open_sealed(old, ring.public_keys())["title"] == STATED["title"]
    assert open_sealed(new, ring.public_keys())["title"] == STATED["title"]
    assert not private.exists()
    private.write_bytes(stolen.read_bytes())
    late = ring._seal_with(old["signature"]["key_id"], STATED, NOW + 3 * DAY)
    assert refusal(late, ring.public_keys()) == "key_retired"


def test_private_halves_are_for_their_owner_only(ring, tmp_path):
    ring.seal(STATED, now=NOW)

    (private,) = (tmp_path / "keys").glob("*.pem")

    assert private.stat().st_mode & 0o077 == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_the_order_of_keys_and_a_way_through_a_file_change_no_byte(value):
    again = json.loads(json.dumps(dict(reversed(value.items()))))

    assert canonical(again) == canonical(value)
