"""The photographs of a draft: added, described, taken away. They are part of what the campaign says."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound, Refused
from marketplace.projects import details, pictures, queries, rules, services, shelf
from marketplace.projects.details import Photo
from marketplace.projects.models import Picture
from marketplace.projects.pictures import Prepared

ALT_LENGTH = range(5, 201)


def add(session: Session, *, campaign_id: UUID, owner_id: UUID, photo: Prepared, alt: str, now: datetime) -> None:
    """Add a photograph at the end. alt: what it shows, compulsory.

    Raises NotFound; Refused: not_editable, photo_alt_missing, photo_alt_too_long, too_many_photos, changed_meanwhile.
    """
    found = queries.editable(session, campaign_id, owner_id)
    photos = found.content.details.photos
    if len(photos) >= details.MOST_PHOTOS:
        raise Refused("too_many_photos", field="photo", most=details.MOST_PHOTOS)
    alt = described(alt)
    large, small = (pictures.keep(session, body, now=now) for body in (photo.large, photo.small))
    added = Photo(alt, large, small, photo.width, photo.height)
    kept = tuple(one for one in photos if one.large != large)
    _save(session, found, owner_id, (*kept, added), now)


def remove(session: Session, *, campaign_id: UUID, owner_id: UUID, name: str, now: datetime) -> None:
    """Take a photograph away, for good unless it was submitted. name: of its large size.

    Raises NotFound; Refused: not_editable, changed_meanwhile.
    """
    found = queries.editable(session, campaign_id, owner_id)
    photos = found.content.details.photos
    kept = tuple(one for one in photos if one.large != name)
    if len(kept) == len(photos):
        raise NotFound(name)
    _save(session, found, owner_id, kept, now)
    gone = [size for one in photos if one.large == name for size in (one.large, one.small)]
    shelf.erase_unless_shown(session, Picture, gone)


def described(alt: str) -> str:
    """Return the words of a photograph as they are stored. Raises Refused: photo_alt_missing, photo_alt_too_long."""
    alt = rules.clean_line(alt)
    if len(alt) < ALT_LENGTH.start:
        raise Refused("photo_alt_missing", field="alt")
    if len(alt) >= ALT_LENGTH.stop:
        raise Refused("photo_alt_too_long", field="alt", most=ALT_LENGTH.stop - 1, length=len(alt))
    return alt


def _save(session: Session, found: queries.Dossier, owner_id: UUID, photos: tuple[Photo, ...], now: datetime) -> None:
    content = replace(found.content, details=replace(found.content.details, photos=photos))
    services.save_draft(
        session,
        campaign_id=found.campaign_id,
        owner_id=owner_id,
        row_version=found.row_version,
        content=content,
        now=now,
    )
