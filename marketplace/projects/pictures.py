"""Photographs as people send them, made ours: looked at, turned upright, stripped, resized and written again as WebP.

Nothing of the file that was sent is kept: no metadata (where and when it was taken), no bytes that are not the picture.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.core import opening
from marketplace.core.errors import Refused
from marketplace.projects import shelf
from marketplace.projects.models import Picture

MOST_BYTES = 10_000_000
# As `core.opener` has them: its own process imports nothing of ours.
MOST_PIXELS = 24_000_000
LEAST_SIDE = 320


@dataclass(frozen=True)
class Prepared:
    """A photograph in two sizes, WebP. width, height: of the large one, in pixels."""

    large: bytes
    small: bytes
    width: int
    height: int


def prepare(body: bytes) -> Prepared:
    """Make a photograph ours, in a process of its own. body: the file as it was sent.

    Raises Refused, field photo: photo_missing, photo_too_heavy, photo_unreadable, photo_too_many_pixels,
    photo_too_small.
    """
    if not body:
        raise Refused("photo_missing", field="photo")
    if len(body) > MOST_BYTES:
        raise Refused("photo_too_heavy", field="photo", most=MOST_BYTES // 1_000_000)
    try:
        said, (large, small) = opening.opened("photo", body)
    except opening.Unopened as wrong:
        raise _refusal(wrong.code) from None
    return Prepared(large, small, said["width"], said["height"])


def _refusal(code: str) -> Refused:
    if code == "pixels_too_many":
        return Refused("photo_too_many_pixels", field="photo", most=MOST_PIXELS // 1_000_000)
    if code == "pixels_too_few":
        return Refused("photo_too_small", field="photo", least=LEAST_SIDE)
    return Refused("photo_unreadable", field="photo")


def keep(session: Session, body: bytes, *, now: datetime) -> str:
    """Store a picture of ours; return its name. The same picture is stored once."""
    return shelf.put(session, Picture, body, now=now)


def read(session: Session, name: str) -> bytes:
    """Return a picture by its name. One statement. Raises NotFound."""
    return shelf.read(session, Picture, name)
