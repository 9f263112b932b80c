"""Files that pretend to be photographs: each is refused with its reason, or made harmless."""

import resource
from io import BytesIO
from zlib import compress, crc32

import pytest
from PIL import Image

from marketplace.core import opening
from marketplace.core.errors import Refused
from marketplace.projects import documents, pictures

pytestmark = pytest.mark.untimed


def spent():
    """Return the processor time of the processes that were started, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def written(image, kind="JPEG", **options):
    body = BytesIO()
    image.save(body, kind, **options)
    return body.getvalue()


def photo(width=800, height=600, kind="JPEG", **options):
    return written(Image.new("RGB", (width, height), "sienna"), kind, **options)


def chunk(kind, body):
    return len(body).to_bytes(4, "big") + kind + body + crc32(kind + body).to_bytes(4, "big")


def png(*chunks):
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def header(width, height):
    return chunk(b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00")


# A small file that would be thousands of millions of pixels, one that says little and inflates to a lot.
BOMB = png(header(50_000, 50_000), chunk(b"IDAT", compress(b"\0" * 1_000_000)), chunk(b"IEND", b""))
TEXT_BOMB = png(
    header(800, 600),
    chunk(b"zTXt", b"a\0\0" + compress(b"\0" * 80_000_000, 9)),
    chunk(b"IDAT", b""),
    chunk(b"IEND", b""),
)
HOSTILE = {
    "nothing": (b"", "photo_missing"),
    "heavy": (b"\xff\xd8\xff" + bytes(pictures.MOST_BYTES), "photo_too_heavy"),
    "text": (b"bonjour", "photo_unreadable"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "photo_unreadable"),
    "html": (b"<!doctype html><script>alert(1)</script>", "photo_unreadable"),
    "pdf": (b"%PDF-1.7\n%%EOF", "photo_unreadable"),
    "gif": (photo(kind="GIF"), "photo_unreadable"),
    "tiff": (photo(kind="TIFF"), "photo_unreadable"),
    "truncated jpeg": (photo()[:-2000], "photo_unreadable"),
    "truncated png": (photo(kind="PNG")[:200], "photo_unreadable"),
    "truncated webp": (photo(kind="WEBP")[:60], "photo_unreadable"),
    "header alone": (b"\x89PNG\r\n\x1a\n", "photo_unreadable"),
    "bomb": (BOMB, "photo_too_many_pixels"),
    "bomb of text": (TEXT_BOMB, "photo_unreadable"),
    "no width": (png(header(0, 600), chunk(b"IEND", b"")), "photo_unreadable"),
    "small": (photo(319, 600), "photo_too_small"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_photograph_is_refused_soon(name):
    body, code = HOSTILE[name]
    start = spent()

    with pytest.raises(Refused) as refused:
        pictures.prepare(body)

    assert (refused.value.code, refused.value.field) == (code, "photo")
    assert spent() - start < 2


def test_where_and_when_it_was_taken_is_left_out():
    exif = Image.Exif()
    exif[0x010F] = "Appareil de Nadia"
    exif.get_ifd(0x8825)[2] = (46.0, 31.0, 0.0)

    made = pictures.prepare(photo(exif=exif, icc_profile=b"profil", comment=b"maison"))

    for body in (made.large, made.small):
        assert not any(trace in body for trace in (b"EXIF", b"XMP", b"ICCP", b"Nadia", b"profil", b"maison"))
        assert Image.open(BytesIO(body)).format == "WEBP"


def test_a_photograph_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    made = pictures.prepare(photo(800, 600, exif=exif))

    assert (made.width, made.height) == (600, 800)


def test_what_is_hidden_behind_a_picture_is_gone():
    polyglot = photo() + b"PK\x03\x04<script>alert(1)</script>"

    made = pictures.prepare(polyglot)

    assert b"script" not in made.large + made.small


def test_two_sizes_are_kept_and_a_small_photograph_is_not_blown_up():
    made = pictures.prepare(photo(4000, 3000))
    modest = pictures.prepare(photo(400, 400))

    assert (made.width, made.height) == (1600, 1200)
    assert Image.open(BytesIO(made.small)).size == (640, 480)
    assert (modest.width, modest.height) == (400, 400)


def test_transparent_becomes_white():
    made = pictures.prepare(written(Image.new("RGBA", (400, 400), (0, 0, 0, 0)), "PNG"))

    assert Image.open(BytesIO(made.large)).convert("RGB").getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_largest_photograph_is_made_in_time(kind):
    body = photo(6000, 4000, kind)
    start = spent()

    pictures.prepare(body)

    assert 0.1 < spent() - start < 3
    with pytest.raises(Refused, match="photo_too_many_pixels"):
        pictures.prepare(photo(6001, 4000, kind))


def test_what_stands_in_the_sentences_is_what_the_program_holds_to():
    program = opening.PROGRAM.read_text(encoding="utf-8")

    assert f"MOST_PIXELS = {pictures.MOST_PIXELS:_}" in program
    assert f"LEAST_SIDE = {pictures.LEAST_SIDE}" in program
    assert f"MOST_DOCUMENT_PAGES = {documents.MOST_PAGES}" in program
