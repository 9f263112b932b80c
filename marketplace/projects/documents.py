"""The documents of a draft, PDF: looked at before they are kept, added, taken away. Part of what the campaign says."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.core import opening
from marketplace.core.errors import NotFound, Refused
from marketplace.projects import details, queries, rules, services, shelf
from marketplace.projects.details import Document
from marketplace.projects.models import DocumentFile
from marketplace.projects.queries import Dossier

MOST_BYTES = 5 * 1024 * 1024
# As `core.opener` has it: its own process imports nothing of ours.
MOST_PAGES = 60
TITLE_LENGTH = range(3, 81)
# Why a file is not kept, by what `opening` says of it.
_UNREADABLE = {
    "file_empty": "document_missing",
    "file_type_unknown": "document_not_pdf",
    "file_two_types": "document_active",
    "file_active": "document_active",
    "file_protected": "document_protected",
    "pages_too_many": "document_too_long",
}


def look_at(body: bytes) -> int:
    """Return how many pages a PDF has, in a process of its own. body: the file as it was sent.

    Raises Refused, field document: document_missing, document_too_heavy, document_not_pdf, document_active (it does
    something or carries files), document_protected, document_too_long, document_unreadable.
    """
    if len(body) > MOST_BYTES:
        raise Refused("document_too_heavy", field="document", most=MOST_BYTES // 1024 // 1024)
    try:
        said, _pictures = opening.opened("document", body)
    except opening.Unopened as wrong:
        code = _UNREADABLE.get(wrong.code, "document_unreadable")
        raise Refused(code, field="document", most=MOST_PAGES) from None
    pages: int = said["pages"]
    return pages


def titled(title: str, kind: str) -> str:
    """Return a title as it is stored.

    Raises Refused: document_title_missing, document_title_too_long, document_kind_missing.
    """
    title = rules.clean_line(title)
    if len(title) < TITLE_LENGTH.start:
        raise Refused("document_title_missing", field="title")
    if len(title) >= TITLE_LENGTH.stop:
        raise Refused("document_title_too_long", field="title", most=TITLE_LENGTH.stop - 1, length=len(title))
    if kind not in details.DOCUMENT_KINDS:
        raise Refused("document_kind_missing", field="kind")
    return title


def add(
    session: Session,
    *,
    campaign_id: UUID,
    owner_id: UUID,
    body: bytes,
    pages: int,
    title: str,
    kind: str,
    public: bool,
    now: datetime,
) -> None:
    """Add a document at the end. body, pages: as `look_at` found them.

    Raises NotFound; Refused: not_editable, too_many_documents, changed_meanwhile, those of `titled`.
    """
    found = queries.editable(session, campaign_id, owner_id)
    title = titled(title, kind)
    name = shelf.put(session, DocumentFile, body, now=now)
    kept = tuple(one for one in found.content.details.documents if one.name != name)
    if len(kept) >= details.MOST_DOCUMENTS:
        raise Refused("too_many_documents", field="document", most=details.MOST_DOCUMENTS)
    _save(session, found, owner_id, (*kept, Document(title, kind, public, name, pages, len(body))), now)


def remove(session: Session, *, campaign_id: UUID, owner_id: UUID, name: str, now: datetime) -> None:
    """Take a document away, for good unless it was submitted.

    Raises NotFound; Refused: not_editable, changed_meanwhile.
    """
    found = queries.editable(session, campaign_id, owner_id)
    documents = found.content.details.documents
    kept = tuple(one for one in documents if one.name != name)
    if len(kept) == len(documents):
        raise NotFound(name)
    _save(session, found, owner_id, kept, now)
    shelf.erase_unless_shown(session, DocumentFile, (name,))


def read(session: Session, among: tuple[Document, ...], name: str) -> tuple[Document, bytes]:
    """Return one of these documents and its file. One statement. Raises NotFound."""
    document = next((one for one in among if one.name == name), None)
    if document is None:
        raise NotFound(name)
    return document, shelf.read(session, DocumentFile, name)


def _save(session: Session, found: Dossier, owner_id: UUID, documents: tuple[Document, ...], now: datetime) -> None:
    content = replace(found.content, details=replace(found.content.details, documents=documents))
    services.save_draft(
        session,
        campaign_id=found.campaign_id,
        owner_id=owner_id,
        row_version=found.row_version,
        content=content,
        now=now,
    )
