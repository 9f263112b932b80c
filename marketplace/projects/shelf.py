"""Files kept beside campaigns, named by their SHA-256: stored once, read by name, erased when nothing shows them."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.projects.details import Details
from marketplace.projects.models import Campaign, CampaignEvent, CampaignVersion, DocumentFile, Picture

Kept = type[Picture] | type[DocumentFile]
_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)


def put(session: Session, table: Kept, body: bytes, *, now: datetime) -> str:
    """Store a file; return its name. It cannot be erased before the transaction that names it has ended."""
    name = hashlib.sha256(body).hexdigest()
    held = None
    while held is None:  # one that is erased meanwhile is stored again
        session.execute(insert(table).values(sha256=name, body=body, made_at=now).on_conflict_do_nothing())
        held = session.scalar(
            select(table.sha256).where(table.sha256 == name).with_for_update(read=True, key_share=True)
        )
    return name


def read(session: Session, table: Kept, name: str) -> bytes:
    """Return a file by its name. One statement. Raises NotFound."""
    if not _NAME.fullmatch(name):
        raise NotFound(name)
    body = session.scalar(select(table.body).where(table.sha256 == name))
    if body is None:
        raise NotFound(name)
    return body


def erase_unless_shown(session: Session, table: Kept, names: Collection[str]) -> None:
    """Erase those files that no draft shows, no moderator was given and no published version froze.

    Revisions do not keep a file: one that is taken back goes on without it (`present`). Call it after the last change.
    """
    held = session.scalars(
        select(table.sha256).where(table.sha256.in_(names)).order_by(table.sha256).with_for_update()
    ).all()
    # Read after the lock: who names the file meanwhile holds it, and is waited for.
    gone = [name for name in held if not _shown(session, table, name)]
    session.execute(delete(table).where(table.sha256.in_(gone)))


def present(session: Session, details: Details) -> Details:
    """Return details without the photographs and documents that were erased since. Two statements at most."""
    photos = {name for one in details.photos for name in (one.large, one.small)}
    documents = {one.name for one in details.documents}
    here = _here(session, Picture, photos) | _here(session, DocumentFile, documents)
    return replace(
        details,
        photos=tuple(one for one in details.photos if {one.large, one.small} <= here),
        documents=tuple(one for one in details.documents if one.name in here),
    )


def _here(session: Session, table: Kept, names: Collection[str]) -> set[str]:
    return set(session.scalars(select(table.sha256).where(table.sha256.in_(names)))) if names else set()


def _shown(session: Session, table: Kept, name: str) -> bool:
    if table is Picture:
        ways = [{"photos": [{size: name}]} for size in ("large", "small")]
    else:
        ways = [{"documents": [{"name": name}]}]
    said = (Campaign.details, CampaignEvent.content["details"], CampaignVersion.terms["details"])
    found = union_all(*(select(column).where(column.contains(way)).limit(1) for column in said for way in ways))
    return session.execute(found.limit(1)).first() is not None
