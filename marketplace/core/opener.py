"""A program of its own that opens one file of a stranger: `python -I opener.py <use>`, the file on standard input.

It holds itself down before it reads a byte (memory, time, no file, no child), imports nothing of ours, and answers on
standard output: one line of JSON, then the pictures of the pages, one after the other. What is wrong is a code in the
answer, never a traceback. `opening` starts it.

Uses: "proof", a PDF, JPEG or PNG whose signed codes are read and whose pages are drawn; "photo", a photograph made
ours; "document", a PDF that is looked at and kept as it is. The pictures are drawn again from pixels: no metadata, no
script, no second file survives in them.
"""

import io
import json
import math
import re
import resource
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator

import pypdfium2  # type: ignore[import-untyped]
import zxingcpp
from PIL import Image, ImageOps

MEMORY = 640 * 1024 * 1024  # address space: a bare interpreter with these libraries maps 200 MiB of it
SECONDS = 3
MOST_PIXELS = 24_000_000
MOST_PAGES = 8
# Of a page of paper, in points: A3 and a little.
MOST_POINTS = 1300
# Of a document that is kept, and what its first page is drawn at, to see that it can be.
MOST_DOCUMENT_PAGES = 60
GLIMPSED = 24 / 72
# A photograph: what it is sent as, the least of its sides, the two sizes it is kept in.
PHOTOS = ("JPEG", "PNG", "WEBP")
LEAST_SIDE = 320
LARGE, SMALL = 1600, 640
# What Pillow says of a file that is not what it claims to be.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)
# Read at 200 dots an inch: a module of a 2D-Doc is half a millimetre, four dots.
DRAWN = 200 / 72
SHOWN_SIDE = 1700
OPENED_SIDE = 2600
SEARCHED_PIXELS = 4_000_000
# Of the processor, from the start of the program: what is left goes into the pictures.
SEARCH_SECONDS = 0.6
SIGNATURES = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}
# What a bill has no use for. Names are as PDF writes them; the ones hidden by #-escapes are looked for too.
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|AA)(?![A-Za-z])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"/ObjStm.{0,400}?stream\r?\n", re.DOTALL)
_PACKED = 2_000_000
_SIGNED = zxingcpp.barcode_formats_from_str("DataMatrix")


# What there is to say, and pictures.
Answer = tuple[dict[str, object], list[bytes]]


class Wrong(Exception):  # noqa: N818 - an answer, not a breakdown
    """The file is not what it may be; the argument is a code."""


def hold_down() -> None:
    """Let this process take little memory and time, write no file and start no program."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def kind_of(data: bytes) -> str:
    """Return what a file is by how it begins. Raises Wrong: empty, of another kind, or of two kinds at once."""
    if not data:
        raise Wrong("file_empty")
    kind = next((kind for start, kind in SIGNATURES.items() if data.startswith(start)), None)
    if kind is None:
        raise Wrong("file_type_unknown")
    second = zipfile.is_zipfile(io.BytesIO(data)) or (kind != "pdf" and b"%PDF-" in data)
    if second or b"<script" in data.lower() or b"<svg" in data.lower():
        raise Wrong("file_two_types")
    return kind


def main() -> None:
    """Answer for one file."""
    hold_down()
    try:
        answer, pictures = USES[sys.argv[1]](sys.stdin.buffer.read())
    except Wrong as wrong:
        answer, pictures = {"wrong": str(wrong)}, []
    except MemoryError:
        answer, pictures = {"wrong": "file_too_heavy"}, []
    answer["sizes"] = [len(picture) for picture in pictures]
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(pictures))


def proof(data: bytes) -> Answer:
    """Return the kind of a proof and its codes, with its pages drawn."""
    kind = kind_of(data)
    pages = [*(_pdf_pages(data) if kind == "pdf" else _photograph(data, kind))]
    codes, others = _codes(pages)
    return {"kind": kind, "codes": codes, "other_codes": others}, [_shown(page) for page in pages]


def photo(data: bytes) -> Answer:
    """Return a photograph in two sizes, WebP, with the size of the large one: upright, pixels and nothing else.

    How many pixels there are is read before any of them.
    """
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=PHOTOS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Wrong("pixels_too_many")
            if min(image.size) < LEAST_SIDE:
                raise Wrong("pixels_too_few")
            # A JPEG can be read at a half or a quarter of its size, many times faster.
            image.draft("RGB", (LARGE, LARGE))
            upright = _plain(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError:
        raise Wrong("pixels_too_many") from None
    except BROKEN:
        raise Wrong("file_damaged") from None
    pictures = []
    for side in (LARGE, SMALL):
        upright.thumbnail((side, side), Image.Resampling.LANCZOS)
        pictures.append((upright.size, _written(upright)))
    (width, height), _large = pictures[0]
    return {"width": width, "height": height}, [body for _size, body in pictures]


def document(data: bytes) -> Answer:
    """Return how many pages a PDF has that does nothing, hides nothing and can be drawn."""
    if kind_of(data) != "pdf":
        raise Wrong("file_type_unknown")
    if b"/Encrypt" in data:  # what is encrypted cannot be looked into
        raise Wrong("file_protected")
    opened = _pdf(data, MOST_DOCUMENT_PAGES)
    try:
        for page in opened:
            _check_paper(page)
        opened[0].render(scale=GLIMPSED)
    except pypdfium2.PdfiumError:
        raise Wrong("file_damaged") from None
    return {"pages": len(opened)}, []


def _photograph(data: bytes, kind: str) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=(kind.upper(),)) as picture:
            if picture.width * picture.height > MOST_PIXELS or max(picture.size) > 12_000:
                raise Wrong("pixels_too_many")
            if min(picture.size) < 64:
                raise Wrong("pixels_too_few")
            picture.draft("L", (OPENED_SIDE, OPENED_SIDE))  # a JPEG is opened at a fraction of its size
            upright = ImageOps.exif_transpose(picture)
            yield upright.convert("L")
    except Image.DecompressionBombError:
        raise Wrong("pixels_too_many") from None
    except BROKEN:
        raise Wrong("file_damaged") from None


def _pdf_pages(data: bytes) -> Iterator[Image.Image]:
    try:
        for page in _pdf(data, MOST_PAGES):
            _check_paper(page)
            yield page.render(scale=DRAWN, grayscale=True).to_pil()
    except pypdfium2.PdfiumError:
        raise Wrong("file_damaged") from None


def _pdf(data: bytes, most: int) -> pypdfium2.PdfDocument:
    """Return an opened PDF of so many pages at most, that does nothing and carries nothing."""
    if _is_active(data):
        raise Wrong("file_active")
    try:
        opened = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Wrong("file_protected" if "password" in str(error).lower() else "file_damaged") from None
    if len(opened) == 0:
        raise Wrong("file_damaged")
    if len(opened) > most:
        raise Wrong("pages_too_many")
    if pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(opened) or pypdfium2.raw.FPDFDoc_GetAttachmentCount(opened):
        raise Wrong("file_active")
    return opened


def _check_paper(page: pypdfium2.PdfPage) -> None:
    if not 0 < max(page.get_size()) <= MOST_POINTS:
        raise Wrong("pixels_too_many")


def _is_active(data: bytes) -> bool:
    """Tell whether a PDF does something when it is opened, or carries files; packed objects are looked into."""
    parts = [data]
    for found in _STREAM.finditer(data):
        try:
            parts.append(zlib.decompressobj().decompress(data[found.end() :], _PACKED))
        except zlib.error:
            continue
    return any(_ACTIVE.search(_ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), part)) for part in parts)


def _codes(pages: list[Image.Image]) -> tuple[list[str], int]:
    """Return the texts of the Data Matrix codes found; without any, how many barcodes of other kinds there are.

    Every page is looked at once before any is looked at harder; the search stops with a signed code, or when its time
    is over.
    """
    found: dict[str, None] = {}
    others = 0
    for harder in (_as_it_is, _contrasted, _smaller):
        for page in pages:
            if time.process_time() > SEARCH_SECONDS:
                return [*found], others
            for code in zxingcpp.read_barcodes(harder(page), formats=_SIGNED):
                found.setdefault(code.bytes.decode("latin-1"))
            if any(text.startswith("DC") for text in found):
                return [*found], 0
    for page in pages[:1] if not found else ():
        others += sum(code.format != zxingcpp.BarcodeFormat.DataMatrix for code in zxingcpp.read_barcodes(page))
    return [*found], others


def _as_it_is(page: Image.Image) -> Image.Image:
    """Return a page small enough to be searched."""
    scale = math.sqrt(SEARCHED_PIXELS / (page.width * page.height))
    if scale >= 1:
        return page
    return page.resize((int(page.width * scale), int(page.height * scale)), Image.Resampling.BOX)


def _contrasted(page: Image.Image) -> Image.Image:
    """Return a page with more contrast."""
    return ImageOps.autocontrast(_as_it_is(page), cutoff=2)


def _smaller(page: Image.Image) -> Image.Image:
    """Return a page with more contrast and half its size: blur and noise go away."""
    return _contrasted(page).reduce(2)


def _shown(page: Image.Image) -> bytes:
    """Return a page as a picture of pixels and nothing else, large enough to be read."""
    copy = page.copy()
    copy.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    copy.info.clear()  # Pillow would write comments and profiles of the file again
    file = io.BytesIO()
    copy.save(file, "JPEG", quality=72)
    return file.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels alone, on white where they were transparent: no profile, no metadata, no other frame."""
    fresh = Image.new("RGB", image.size, "white")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        fresh.paste(layer, mask=layer.getchannel("A"))
    else:
        fresh.paste(image.convert("RGB"))
    return fresh


def _written(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=80, method=2)
    return file.getvalue()


USES: dict[str, Callable[[bytes], Answer]] = {"proof": proof, "photo": photo, "document": document}

if __name__ == "__main__":
    main()
