"""A file that somebody names is not erased under their feet."""

import threading
from dataclasses import replace

from sqlalchemy import select

from marketplace.projects import queries, services, shelf
from marketplace.projects.details import Details, Document
from marketplace.projects.models import DocumentFile

BODY = b"%PDF-1.7"


def test_who_erases_waits_for_who_names(make, committed, now):
    """One takes the file away while another, whose transaction is not over, has just named it: the file stays."""
    draft = make.campaign(state="draft")
    name = committed.in_transaction(lambda session: shelf.put(session, DocumentFile, BODY, now=now))
    done = threading.Event()

    def erase():
        committed.in_transaction(lambda session: shelf.erase_unless_shown(session, DocumentFile, (name,)))
        done.set()

    eraser = threading.Thread(target=erase)
    with committed.sessions() as session:
        shelf.put(session, DocumentFile, BODY, now=now)
        eraser.start()
        assert not done.wait(0.5), "the lock of who names it holds it off"
        found = queries.owner_campaign(session, draft.id, draft.owner.id)
        document = Document("Devis du four", "quote", public=True, name=name, pages=1, size=len(BODY))
        services.save_draft(
            session,
            campaign_id=draft.id,
            owner_id=draft.owner.id,
            row_version=found.row_version,
            content=replace(found.content, details=Details(documents=(document,))),
            now=now,
        )
        session.commit()
    eraser.join(10)

    assert done.is_set()
    with committed.sessions() as session:
        assert session.scalars(select(DocumentFile.sha256)).all() == [name]
