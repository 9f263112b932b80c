"""Signed bills of a throw-away authority: texts, pages, PDF files and photographs of them.

Made anew in each run: no document of an official authority is in this repository.
"""

import io
from base64 import b32encode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache

import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from PIL import Image, ImageDraw, ImageFilter

from marketplace.residency.twod_doc import Trust

EPOCH = date(2000, 1, 1)
AUTHORITY, CERTIFICATE = "TT01", "MTYN"
# A4 at 200 dots an inch.
PAGE = (1654, 2339)
CODE_AT = (1180, 120)


@dataclass(frozen=True)
class Authority:
    """An authority of nobody, and one issuer that it vouches for."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    leaf: x509.Certificate
    root: x509.Certificate

    @property
    def trust(self) -> Trust:
        """An installation that believes it."""
        return Trust.of([self.root, self.leaf])


@cache
def authority(
    *, name: str = AUTHORITY, issuer: str = CERTIFICATE, starts: date = date(2025, 1, 1), ends: date = date(2029, 1, 1)
) -> Authority:
    """Return an authority with an issuer whose certificate is valid between two days."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate(name, name, root_key, root_key, (starts, ends), is_authority=True)
    leaf = _certificate(issuer, name, key, root_key, (starts, ends), is_authority=False)
    return Authority(key, leaf, root)


def _certificate(
    subject: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    validity: tuple[date, date],
    *,
    is_authority: bool,
) -> x509.Certificate:
    first, last = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in validity)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (subject, issuer)]
    builder = x509.CertificateBuilder(names[1], names[0], key.public_key(), x509.random_serial_number(), first, last)
    constraints = x509.BasicConstraints(ca=is_authority, path_length=None)
    return builder.add_extension(constraints, critical=True).sign(signer, hashes.SHA256())


@dataclass(frozen=True)
class Bill:
    """What a signed bill says; the defaults prove that Camille Durand lives in Poitiers."""

    emitted: date | None
    name: str = "MME/DURAND/CAMILLE"
    street: str = "12 RUE DES FEUILLANTS"
    postcode: str = "86000"
    locality: str = "POITIERS"
    country: str = "FR"
    kind: str = "01"
    version: str = "03"
    perimeter: str = "01"
    signed: date | None = None
    more: str = ""

    def text(self, by: Authority | None = None) -> str:
        """Return the text of its barcode, signed."""
        signer = by or authority()
        ca, leaf = (one.subject.rfc4514_string().removeprefix("CN=") for one in (signer.root, signer.leaf))
        days = [_days(self.emitted), _days(self.signed or self.emitted)]
        header = f"DC{self.version}{ca}{leaf}{days[0]}{days[1]}{self.kind}"
        header += self.perimeter if self.version >= "03" else ""
        header += "FR" if self.version >= "04" else ""
        fields = [("26", self.country), ("24", self.postcode)]
        fields += [(key, f"{value}\x1d") for key, value in (("10", self.name), ("22", self.street)) if value]
        fields += [("25", f"{self.locality}\x1d")] if self.locality else []
        said = header + "".join(f"{key}{value}" for key, value in fields if value) + self.more
        r, s = decode_dss_signature(signer.key.sign(said.encode("ascii"), ec.ECDSA(hashes.SHA256())))
        return f"{said}\x1f{b32encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big')).decode().rstrip('=')}"


def _days(day: date | None) -> str:
    return "FFFF" if day is None else f"{(day - EPOCH).days:04X}"


def fresh(now: datetime, **changes: object) -> Bill:
    """Return a bill of ten days ago."""
    return Bill(emitted=now.date() - timedelta(days=10), **changes)  # type: ignore[arg-type]


def page(
    text: str | None, *, words: str = "Facture", kind: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.DataMatrix
) -> Image.Image:
    """Return a page with a barcode on it, a Data Matrix unless told otherwise; text None: none at all."""
    paper = Image.new("L", PAGE, 255)
    drawing = ImageDraw.Draw(paper)
    for line in range(30):
        drawing.text((140, 700 + line * 45), f"{words} {line} " * 6, fill=40)
    if text is not None:
        code = Image.fromarray(zxingcpp.create_barcode(text, kind).to_image(scale=4)).convert("L")
        paper.paste(code, CODE_AT)
    return paper


def saved(picture: Image.Image, kind: str = "PDF", **options: object) -> bytes:
    """Return a picture as a file."""
    file = io.BytesIO()
    picture.save(file, kind, **({"resolution": 200} if kind == "PDF" else {}), **options)  # type: ignore[arg-type]
    return file.getvalue()


def photograph(paper: Image.Image, *, degrees: float = 7) -> bytes:
    """Return a page as a telephone takes it: turned, on a dark table, unevenly lit, out of focus, grainy, JPEG."""
    table = Image.new("L", (2200, 2900), 70)
    table.paste(paper, (270, 280))
    turned = table.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=70)
    light = Image.linear_gradient("L").resize(turned.size).point(lambda level: 150 + level * 105 // 255)
    lit = Image.composite(turned, Image.new("L", turned.size, 0), light)
    grain = Image.effect_noise(lit.size, 24)
    noisy = Image.blend(lit.filter(ImageFilter.GaussianBlur(1.1)), grain, 0.08)
    return saved(noisy.convert("RGB"), "JPEG", quality=70)
