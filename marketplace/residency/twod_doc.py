"""Signed barcodes on bills (2D-Doc): reading one, and whether an authority we trust signed it. No database, no clock.

Format: France Titres, "Spécifications techniques 2D-Doc" 3.3.8; read by `tddoc`, which ships the certificates of the
authorities of the state's trusted list. It trusts a certificate whose authority it lacks, and judges its validity by
today: both are decided here instead. There is no list of revoked certificates to ask; `data/revoked.txt` is ours.
"""

import re
import warnings
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID
from tddoc.doc import TwoDDoc  # type: ignore[import-untyped]
from tddoc.keychain import KeyChain  # type: ignore[import-untyped]

from marketplace.residency.errors import ProofRefused

# Versions 2 to 4 in letters: header, data, unit separator, signature in base 32. Anything else is not read further.
_SHAPE = re.compile(r"DC0[234][A-Z0-9]{8}[0-9A-F]{8}[0-9A-Z]{2}[ -~\x1d\x1e]{0,1500}\x1f[A-Z2-7]{100,220}=*")
_TEST_AUTHORITY = "FR00"
_PERIMETER = 1
# Words before a name, and between two: "M OU MME".
_NAME_FIELDS = (("10",), ("12", "13"))
_POINT_FIELDS = ("20", "21", "22", "23")
# What `tddoc` raises for what it cannot read.
_UNREADABLE = (ValueError, KeyError, IndexError, AttributeError, AssertionError, OverflowError, NotImplementedError)


@dataclass(frozen=True)
class SignedProof:
    """What a signed barcode says of where somebody is supplied. Nothing of it is stored but what `kept` names.

    emitted_on: None when it is not said. point: lines of the address where the service is given, not of who pays.
    """

    authority: str
    certificate: str
    document_type: str
    emitted_on: date | None
    names: tuple[str, ...] = field(repr=False)
    point: tuple[str, ...] = field(repr=False)
    postcode: str
    locality: str = field(repr=False)
    country: str


@dataclass(frozen=True)
class Trust:
    """The certificates that may vouch for a barcode, by (authority, certificate); revoked: those that no longer may."""

    leaves: dict[tuple[str, str], tuple[x509.Certificate, ...]]
    authorities: dict[str, tuple[x509.Certificate, ...]]
    revoked: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, certificates: Iterable[x509.Certificate], revoked: Iterable[tuple[str, str]] = ()) -> "Trust":
        """Sort certificates into authorities (of themselves) and what they vouch for."""
        leaves = defaultdict[tuple[str, str], list[x509.Certificate]](list)
        authorities = defaultdict[str, list[x509.Certificate]](list)
        for one in certificates:
            subject, issuer = _common_name(one.subject), _common_name(one.issuer)
            if _may_sign(one):
                authorities[subject].append(one)
            else:
                leaves[issuer, subject].append(one)
        return cls(
            {key: tuple(found) for key, found in leaves.items()},
            {key: tuple(found) for key, found in authorities.items()},
            frozenset(revoked),
        )

    def check(self, document: TwoDDoc) -> None:
        """Let a document pass that a trusted authority signed, with a certificate valid on the day it signed.

        Raises ProofRefused: issuer_unknown, issuer_revoked, issuer_expired, signature_wrong.
        """
        key = (document.header.ca_id, document.header.cert_id)
        if key in self.revoked:
            raise ProofRefused("issuer_revoked")
        vouched = [leaf for leaf in self.leaves.get(key, ()) if self._is_vouched_for(leaf)]
        if not vouched:
            raise ProofRefused("issuer_unknown")
        day = document.header.sign_date
        current = [leaf for leaf in vouched if day is not None and _valid_on(leaf, day)]
        if not current:
            raise ProofRefused("issuer_expired")
        if not any(_signed(document, leaf) for leaf in current):
            raise ProofRefused("signature_wrong")

    def _is_vouched_for(self, leaf: x509.Certificate) -> bool:
        for authority in self.authorities.get(_common_name(leaf.issuer), ()):
            try:
                leaf.verify_directly_issued_by(authority)
            except (ValueError, TypeError, InvalidSignature):
                continue
            return True
        return False


@cache
def bundled() -> Trust:
    """Return the trust of an installation: the authorities of the state's list, without the one for tests."""
    chain = KeyChain(check_expiry=False)
    for entry in sorted(files("tddoc.chains").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".der") and not entry.name.startswith(_TEST_AUTHORITY):
            chain.load_der_blob(entry.read_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # some issuers' names are longer than X.509 allows
        return Trust.of(chain.certs, _revoked())


def read(codes: Iterable[str], trust: Trust) -> tuple[str, SignedProof]:
    """Return the first signed barcode of a file as it stands, and what it says.

    codes: texts of the Data Matrix codes found. Raises ProofRefused: code_not_found, code_other_type, code_damaged,
    code_foreign, and what `Trust.check` raises.
    """
    found = [*codes]
    if not found:
        raise ProofRefused("code_not_found")
    text = next((code for code in found if code.startswith("DC")), None)
    if text is None:
        raise ProofRefused("code_other_type")
    if not _SHAPE.fullmatch(text):
        raise ProofRefused("code_damaged")
    try:
        document = TwoDDoc.from_code(text)
    except _UNREADABLE:
        raise ProofRefused("code_damaged") from None
    if document.header.perimeter_id != _PERIMETER or document.header.country_id != "FR":
        raise ProofRefused("code_foreign")
    trust.check(document)
    return text, _said(document)


def _said(document: TwoDDoc) -> SignedProof:
    values: dict[str, str] = {}
    for data in document.message.dataset:
        values.setdefault(data.definition.id, str(data.value).strip())
    names = [" ".join(values.get(key, "") for key in keys).strip() for keys in _NAME_FIELDS]
    return SignedProof(
        authority=document.header.ca_id,
        certificate=document.header.cert_id,
        document_type=document.header.doc_type_id,
        emitted_on=document.header.emit_date,
        names=tuple(name for name in names if name),
        point=tuple(values[key] for key in _POINT_FIELDS if values.get(key)),
        postcode=values.get("24", ""),
        locality=values.get("25", ""),
        country=values.get("26", "FR") or "FR",
    )


def _signed(document: TwoDDoc, leaf: x509.Certificate) -> bool:
    chain = KeyChain(check_expiry=False)
    chain.certs = [leaf]
    try:
        return bool(document.signature_is_valid(chain))
    except _UNREADABLE:
        return False


def _valid_on(leaf: x509.Certificate, day: date) -> bool:
    """Tell whether a certificate was valid at any time of a day: barcodes say the day, not the hour."""
    first, last = datetime.combine(day, time.min, UTC), datetime.combine(day, time.max, UTC)
    return leaf.not_valid_before_utc <= last and first <= leaf.not_valid_after_utc


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return certificate.subject == certificate.issuer


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _revoked() -> list[tuple[str, str]]:
    listed = files("marketplace.residency").joinpath("data/revoked.txt").read_text(encoding="utf-8")
    pairs = (line.split() for line in listed.splitlines() if line and not line.startswith("#"))
    return [(authority, certificate) for authority, certificate in pairs]
