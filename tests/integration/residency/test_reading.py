"""A stranger's file is opened apart, in a second at most, in little memory, and says what is wrong with it."""

import io
import resource
import subprocess
import sys
import time
import zipfile
import zlib

import pytest
import zxingcpp
from PIL import Image

from marketplace.core import opening
from marketplace.residency import reading
from marketplace.residency.errors import ProofUnreadable
from marketplace.residency.rules import UNREADABLE
from tests.signed_bills import authority, fresh, page, photograph, saved

MEGABYTE = 1024 * 1024
MOST_MEMORY, MOST_SECONDS = 200 * MEGABYTE, 1.0
pytestmark = pytest.mark.untimed


def refused(data: bytes) -> str:
    with pytest.raises(ProofUnreadable) as found:
        reading.open_file(data)
    assert found.value.code in UNREADABLE
    return found.value.code


def pdf(body: bytes = b"", *, extra: bytes = b"", pages: int = 1) -> bytes:
    """Return a PDF written by hand: pages with nothing on them, and what a test is about."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    objects = [b"<</Type/Catalog/Pages 2 0 R%s>>" % extra, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages)]
    objects += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"] * pages
    out, places = b"%PDF-1.7\n", []
    for number, written in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    out += body
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def packed(words: bytes) -> bytes:
    """Return an object stream: words that a search through the file does not see."""
    content = zlib.compress(b"9 0 " + words)
    head = b"9 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(content)
    return head + content + b"\nendstream\nendobj\n"


def bomb() -> bytes:
    """Return 200 megapixels in 30 kB."""
    return saved(Image.new("1", (20_000, 10_000)), "PNG")


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("inside.html", "<script>alert(1)</script>")
    return file.getvalue()


def picture() -> bytes:
    return saved(page(None), "PNG")


HOSTILE = {
    "empty": (lambda: b"", "file_empty"),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "file_type_unknown"),
    "text": (lambda: b"Facture de Camille Durand", "file_type_unknown"),
    "zip": (zipped, "file_type_unknown"),
    "gif": (lambda: saved(page(None), "GIF"), "file_type_unknown"),
    "too big": (lambda: b"%PDF-1.7" + b"x" * reading.MOST_BYTES, "file_too_big"),
    "200 megapixels": (bomb, "pixels_too_many"),
    "tiny": (lambda: saved(Image.new("L", (8, 8)), "PNG"), "pixels_too_few"),
    "picture and zip": (lambda: picture() + zipped(), "file_two_types"),
    "picture and pdf": (lambda: picture() + pdf(), "file_two_types"),
    "pdf and zip": (lambda: pdf() + zipped(), "file_two_types"),
    "picture and page": (lambda: picture() + b"<script>alert(1)</script>", "file_two_types"),
    "500 pages": (lambda: pdf(pages=500), "pages_too_many"),
    "script": (lambda: pdf(extra=b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "file_active"),
    "script, escaped": (lambda: pdf(extra=b"/OpenAction<</S/J#61vaScript/JS(app.alert(1))>>"), "file_active"),
    "script, packed": (lambda: pdf(packed(b"<</S/JavaScript/JS(app.alert(1))>>")), "file_active"),
    "launches": (lambda: pdf(extra=b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "file_active"),
    "attachment": (lambda: pdf(extra=b"/Names<</EmbeddedFiles<</Names[]>>>>"), "file_active"),
    "no page": (lambda: pdf(pages=0), "file_damaged"),
    "vast page": (lambda: pdf().replace(b"595 842", b"59500 9"), "pixels_too_many"),
    "cut pdf": (lambda: b"%PDF-1.7\n1 0 obj", "file_damaged"),
    "cut png": (lambda: picture()[:300], "file_damaged"),
    "cut jpeg": (lambda: saved(page(None), "JPEG")[:2000], "file_damaged"),
    "png with another inside": (lambda: b"\x89PNG\r\n\x1a\n" + b"\xff" * 4000, "file_damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_file_is_named(name):
    make, code = HOSTILE[name]

    assert refused(make()) == code


def spent(data: bytes) -> tuple[float, int]:
    """Return the seconds of a processor, and the bytes, that one file takes in the process that opens it."""
    measuring = (
        "import resource, runpy, sys\n"
        f"sys.argv = [{str(opening.PROGRAM)!r}, 'proof']\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "peak = [line for line in open('/proc/self/status') if line.startswith('VmHWM')][0].split()[1]\n"
        "sys.stderr.write(f'{used.ru_utime + used.ru_stime} {peak}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", measuring], input=data, capture_output=True, check=True, timeout=20
    )
    seconds, kilobytes = done.stderr.decode().split()
    return float(seconds), int(kilobytes) * 1024


def test_hostile_files_take_less_than_a_second_and_200_megabytes():
    for name, (make, code) in HOSTILE.items():
        if code == "file_too_big":
            continue  # the program that opens files never gets it
        seconds, memory = spent(make())

        assert seconds < MOST_SECONDS, name
        assert memory < MOST_MEMORY, (name, memory)


def test_memory_that_is_asked_for_without_end_is_refused():
    """The bounds hold although the checks before them were passed: the process is held down, not only careful."""
    program = f"""
import runpy
opener = runpy.run_path({str(opening.PROGRAM)!r})
opener['hold_down']()
try:
    bytearray(2_000_000_000)
except MemoryError:
    print('refused')
try:
    open('/tmp/mitoyen-never', 'w').write('x' * 100)
except OSError:
    print('refused')
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False, timeout=20
    )

    assert done.stdout.splitlines()[:1] == ["refused"]
    assert "x" not in done.stdout


def test_a_file_that_never_ends_is_given_up(monkeypatch, tmp_path):
    endless = tmp_path / "endless.py"
    endless.write_text("import sys; sys.stdin.buffer.read()\nwhile True: pass", encoding="utf-8")
    monkeypatch.setattr(opening, "PROGRAM", endless)
    monkeypatch.setattr(opening, "PATIENCE_SECONDS", 0.5)
    start = time.monotonic()

    assert refused(picture()) == "file_too_heavy"

    assert time.monotonic() - start < 3


@pytest.mark.parametrize(
    "make",
    [
        lambda text: saved(page(text)),
        lambda text: saved(page(text), "PNG"),
        lambda text: saved(page(text), "JPEG", quality=80),
        lambda text: photograph(page(text)),
        lambda text: photograph(page(text), degrees=25),
        lambda text: photograph(page(text), degrees=93),
        lambda text: saved(page(None), "PDF", save_all=True, append_images=[page(text)]),
    ],
    ids=["pdf", "png", "jpeg", "photograph", "photograph askew", "photograph on its side", "second page"],
)
def test_the_code_of_a_bill_is_read_from_a_file_or_a_photograph(make, now):
    text = fresh(now).text(authority())

    opened = reading.open_file(make(text))

    assert opened.codes == (text,)
    assert all(one.startswith(b"\xff\xd8\xff") for one in opened.pages)


def test_pictures_are_drawn_again_without_anything_else_of_the_file(now):
    exif = Image.Exif()
    exif[0x010E] = "CANARI DESCRIPTION"
    exif[0x8825] = {1: "N", 2: (46.58, 0, 0)}

    opened = reading.open_file(saved(page(None).convert("RGB"), "JPEG", exif=exif, comment=b"CANARI COMMENT"))

    (shown,) = opened.pages
    assert b"CANARI" not in shown
    assert not Image.open(io.BytesIO(shown)).getexif()


def test_a_barcode_of_another_kind_is_counted_and_not_read():
    opened = reading.open_file(saved(page("https://exemple.fr", kind=zxingcpp.BarcodeFormat.QRCode), "PNG"))

    assert (opened.codes, opened.other_codes) == ((), 1)


def test_this_process_never_opens_the_file(now):
    """What decodes is not even loaded here: a hole in it is a hole in a process that may do nothing."""
    program = "import sys; import marketplace.residency.reading; print('pypdfium2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=20)

    assert done.stdout.strip() == "False"
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
