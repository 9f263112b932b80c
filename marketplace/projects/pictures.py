"""Photographs as people send them, made ours: looked at, turned upright, stripped, resized and written again as WebP.

Nothing of the file that was sent is kept: no metadata (where and when it was taken), no bytes that are not the picture.
"""

import hashlib
import re
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageOps
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound, Refused
from marketplace.projects.models import Picture

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 10_000_000
MOST_PIXELS = 24_000_000
LEAST_SIDE = 320
LARGE, SMALL = 1600, 640
_QUALITY = 80
_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)
# What Pillow says of a file that is not what it claims to be.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Prepared:
    """A photograph in two sizes, WebP. width, height: of the large one, in pixels."""

    large: bytes
    small: bytes
    width: int
    height: int


def prepare(body: bytes) -> Prepared:
    """Make a photograph ours. body: the file as it was sent.

    Raises Refused, field photo: photo_missing, photo_too_heavy, photo_unreadable, photo_too_many_pixels,
    photo_too_small. How many pixels there are is read before any of them.
    """
    if not body:
        raise Refused("photo_missing", field="photo")
    if len(body) > MOST_BYTES:
        raise Refused("photo_too_heavy", field="photo", most=MOST_BYTES // 1_000_000)
    try:
        with Image.open(BytesIO(body), formats=FORMATS) as image:
            _check_size(*image.size)
            # A JPEG can be read at a half or a quarter of its size, many times faster.
            image.draft("RGB", (LARGE, LARGE))
            upright = _plain(ImageOps.exif_transpose(image))
    except _BOMBS:
        raise Refused("photo_too_many_pixels", field="photo", most=MOST_PIXELS // 1_000_000) from None
    except _BROKEN:
        raise Refused("photo_unreadable", field="photo") from None
    upright.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    large = _written(upright)
    width, height = upright.size
    upright.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return Prepared(large, _written(upright), width, height)


def keep(session: Session, body: bytes, *, now: datetime) -> str:
    """Store a picture of ours; return its name. The same picture is stored once."""
    name = hashlib.sha256(body).hexdigest()
    session.execute(insert(Picture).values(sha256=name, body=body, made_at=now).on_conflict_do_nothing())
    return name


def read(session: Session, name: str) -> bytes:
    """Return a picture by its name. One statement. Raises NotFound."""
    if not _NAME.fullmatch(name):
        raise NotFound(name)
    body = session.scalar(select(Picture.body).where(Picture.sha256 == name))
    if body is None:
        raise NotFound(name)
    return body


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Refused("photo_too_many_pixels", field="photo", most=MOST_PIXELS // 1_000_000)
    if min(width, height) < LEAST_SIDE:
        raise Refused("photo_too_small", field="photo", least=LEAST_SIDE)


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
    written = BytesIO()
    image.save(written, "WEBP", quality=_QUALITY, method=2)
    return written.getvalue()
