"""Signed barcodes: whom we believe, what is refused, and that nothing else ever comes out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.residency import twod_doc
from marketplace.residency.errors import ProofRefused
from marketplace.residency.twod_doc import Trust, read
from tests.signed_bills import authority, fresh

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def refused(codes, trust=None):
    with pytest.raises(ProofRefused) as found:
        read(codes, trust or authority().trust)
    return found.value.code


@pytest.mark.parametrize("version", ["02", "03", "04"])
def test_a_signed_bill_says_who_and_where(version):
    bill = replace(fresh(NOW), version=version)

    text, proof = read(["something else", bill.text()], authority().trust)

    assert text == bill.text() or text.startswith("DC")
    assert (proof.authority, proof.certificate, proof.document_type) == ("TT01", "MTYN", "01")
    assert proof.emitted_on == bill.emitted
    assert (proof.names, proof.point) == ((bill.name,), (bill.street,))
    assert (proof.postcode, proof.locality, proof.country) == ("86000", "POITIERS", "FR")
    assert "DURAND" not in repr(proof)
    assert "FEUILLANTS" not in repr(proof)


def test_the_address_of_who_pays_is_not_the_service_point():
    elsewhere = fresh(NOW, street="", postcode="", locality="", more="2712 RUE DU PAYEUR\x1d2A86000")

    _text, proof = read([elsewhere.text()], authority().trust)

    assert (proof.point, proof.postcode) == ((), "")


def test_title_first_name_and_name_make_a_name():
    _text, proof = read([fresh(NOW, name="", more="12CAMILLE\x1d13DURAND\x1d").text()], authority().trust)

    assert proof.names == ("CAMILLE DURAND",)


def test_what_was_changed_after_signing_is_refused():
    text = fresh(NOW).text()

    assert refused([text.replace("86000", "86001")]) == "signature_wrong"
    assert refused([text.replace("CAMILLE", "CAMILLA")]) == "signature_wrong"
    assert refused([fresh(NOW).text(authority(name="TT02")).replace("TT02", "TT01")]) == "signature_wrong"


def test_only_authorities_we_know_are_believed():
    stranger = fresh(NOW).text(authority(name="XX99"))

    assert refused([stranger]) == "issuer_unknown"
    assert refused([fresh(NOW).text()], twod_doc.bundled()) == "issuer_unknown"
    # An issuer whose authority is not there is nobody's, and one that another authority of that name vouches for too.
    own, twin = authority(), authority(ends=date(2030, 1, 1))
    assert refused([fresh(NOW).text()], Trust.of([own.leaf])) == "issuer_unknown"
    assert refused([fresh(NOW).text()], Trust.of([own.leaf, twin.root])) == "issuer_unknown"


def test_the_bundled_authorities_are_those_of_the_state_without_the_one_for_tests():
    trust = twod_doc.bundled()

    assert {"FR01", "FR03", "FR04"} <= set(trust.authorities)
    assert "FR00" not in trust.authorities
    assert all(name != "FR00" for name, _certificate in trust.leaves)
    assert len(trust.leaves) > 100


def test_a_certificate_counts_on_the_day_it_signed():
    brief = authority(name="TT03", starts=date(2026, 1, 1), ends=date(2026, 11, 10))
    bill = fresh(NOW)

    assert refused([bill.text(brief)], brief.trust) == "issuer_expired"
    # Over by now, valid when it signed: an old signature stays good.
    read([replace(bill, signed=date(2026, 11, 9)).text(brief)], brief.trust)
    assert refused([replace(bill, signed=date(2025, 12, 31)).text(brief)], brief.trust) == "issuer_expired"
    assert refused([replace(bill, emitted=None).text(brief)], brief.trust) == "issuer_expired"


def test_a_revoked_certificate_vouches_for_nothing():
    own = authority()

    trust = Trust.of([own.root, own.leaf], revoked=[("TT01", "MTYN")])

    assert refused([fresh(NOW).text()], trust) == "issuer_revoked"


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ([], "code_not_found"),
        (["https://exemple.fr"], "code_other_type"),
        (["DC"], "code_damaged"),
        (["DC99TT01MTYN11111111" + "01" * 60], "code_damaged"),
        ([fresh(NOW).text()[:-60]], "code_damaged"),
        ([fresh(NOW).text().replace("\x1f", "")], "code_damaged"),
        ([fresh(NOW, perimeter="02").text()], "code_foreign"),
        ([fresh(NOW).text() + "\x00" * 5000], "code_damaged"),
    ],
)
def test_what_is_no_signed_bill_is_named(codes, reason):
    assert refused(codes) == reason


@given(st.text(max_size=400) | st.text(max_size=400).map(lambda text: f"DC03TT01MTYN26FF26FF0101{text}\x1f{'A' * 103}"))
def test_any_text_is_refused_and_nothing_breaks(text):
    assert refused([text]) in {"code_other_type", "code_damaged", "code_foreign", "signature_wrong", "issuer_expired"}


@given(st.integers(0, 180), st.characters(min_codepoint=32, max_codepoint=126))
def test_no_single_changed_character_passes(at, char):
    text = fresh(NOW).text()
    changed = text[:at] + char + text[at + 1 :]
    if changed == text:
        return

    with pytest.raises(ProofRefused):
        read([changed], authority().trust)


def test_dates_far_away_are_no_breakdown():
    for days in ("0000", "FFFE"):
        text = fresh(NOW).text()
        read_or_refuse = text[:12] + days + text[16:]
        assert refused([read_or_refuse]) in {"signature_wrong", "issuer_expired"}
    assert fresh(NOW).emitted == (NOW - timedelta(days=10)).date()
