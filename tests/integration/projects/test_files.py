"""Photographs and documents beside a draft: kept while something shows them, gone for good when nothing does."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from marketplace.core.errors import NotFound, Refused
from marketplace.projects import documents, offers, photos, queries, revisions, services
from marketplace.projects.models import DocumentFile, Picture
from marketplace.projects.pictures import Prepared
from marketplace.projects.revisions import TOGETHER
from tests.arranged import arranged
from tests.factories.instruments import offered

PHOTO = Prepared(b"large", b"small", 800, 600)


def written(extra: bytes = b"", *, pages: int = 1, trailer: bytes = b"") -> bytes:
    """Return a PDF written by hand. extra: in its catalogue."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    objects = [b"<</Type/Catalog/Pages 2 0 R%s>>" % extra, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages)]
    objects += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"] * pages
    body, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, len(body))
    return body + head + table + end


HOSTILE = {
    "nothing": (b"", "document_missing"),
    "heavy": (b"%PDF-1.7" + bytes(documents.MOST_BYTES), "document_too_heavy"),
    "a picture": (b"\xff\xd8\xff" + bytes(100), "document_not_pdf"),
    "text": (b"Devis : 4 000 euros", "document_not_pdf"),
    "an archive too": (written() + b"PK\x05\x06" + bytes(18), "document_active"),
    "a script": (written(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "document_active"),
    "a hidden script": (written(b"/OpenAction<</S/J#61vaScript/JS(app.alert(1))>>"), "document_active"),
    "a file": (written(b"/Names<</EmbeddedFiles<</Names[]>>>>"), "document_active"),
    "a program": (written(b"/OpenAction<</S/Launch/F(calc)>>"), "document_active"),
    "encrypted": (written(trailer=b"/Encrypt<</Filter/Standard>>"), "document_protected"),
    "long": (written(pages=61), "document_too_long"),
    "broken": (b"%PDF-1.7\n%%EOF", "document_unreadable"),
}


@pytest.mark.untimed
@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_may_not_be_kept_is_named(name):
    body, code = HOSTILE[name]

    with pytest.raises(Refused) as refused:
        documents.look_at(body)

    assert (refused.value.code, refused.value.field) == (code, "document")


@pytest.mark.untimed
def test_a_plain_document_is_counted():
    assert documents.look_at(written(pages=60)) == 60


@arranged
def draft(make):
    return make.campaign(state="draft")


@pytest.fixture
def attach(session, now):
    """Add a document to a campaign; return its name."""

    def one(campaign, body=b"%PDF-1.7", **facts):
        said = {"pages": 1, "title": "Devis du four", "kind": "quote", "public": True, **facts}
        documents.add(session, campaign_id=campaign.id, owner_id=campaign.owner.id, body=body, now=now, **said)
        return queries.owner_campaign(session, campaign.id, campaign.owner.id).content.details.documents[-1].name

    return one


def kept(session, table):
    return set(session.scalars(select(table.sha256)))


def test_a_document_is_kept_and_given_back(session, draft, attach):
    name = attach(draft)

    found = queries.owner_campaign(session, draft.id, draft.owner.id).content.details.documents
    document, body = documents.read(session, found, name)

    assert (document.title, document.kind, document.public, document.size) == ("Devis du four", "quote", True, 8)
    assert body == b"%PDF-1.7"
    with pytest.raises(NotFound):
        documents.read(session, (), name)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"title": " "}, "document_title_missing"),
        ({"title": "x" * 81}, "document_title_too_long"),
        ({"kind": "love letter"}, "document_kind_missing"),
    ],
)
def test_what_is_not_said_well_is_refused(session, draft, attach, said, code):
    with pytest.raises(Refused, match=code):
        attach(draft, **said)

    assert kept(session, DocumentFile) == set()


def test_six_documents_are_the_most(session, draft, attach):
    for number in range(6):
        attach(draft, b"%PDF-1.7" + bytes([number]))

    with pytest.raises(Refused, match="too_many_documents"):
        attach(draft, b"%PDF-1.7 one more")

    attach(draft, b"%PDF-1.7\x00", title="Le même, sous un autre titre")
    assert len(queries.owner_campaign(session, draft.id, draft.owner.id).content.details.documents) == 6


def test_a_document_that_is_taken_away_is_gone(session, draft, attach, now):
    own = {"campaign_id": draft.id, "owner_id": draft.owner.id}
    name = attach(draft)

    documents.remove(session, **own, name=name, now=now)

    assert kept(session, DocumentFile) == set()


def test_a_photograph_that_is_taken_away_is_gone_in_both_sizes(session, draft, now):
    own = {"campaign_id": draft.id, "owner_id": draft.owner.id, "now": now}
    photos.add(session, **own, photo=PHOTO, alt="Le four à bois")
    (photo,) = queries.owner_campaign(session, draft.id, draft.owner.id).content.details.photos
    assert len(kept(session, Picture)) == 2

    photos.remove(session, **own, name=photo.large)

    assert kept(session, Picture) == set()


def test_a_copy_keeps_what_it_shows(session, draft, attach, now):
    name = attach(draft)
    services.duplicate(session, campaign_id=draft.id, owner_id=draft.owner.id, form_key=draft.owner.id, now=now)

    documents.remove(session, campaign_id=draft.id, owner_id=draft.owner.id, name=name, now=now)

    assert kept(session, DocumentFile) == {name}


def test_what_a_moderator_was_given_stays(session, draft, attach, now):
    own = {"campaign_id": draft.id, "owner_id": draft.owner.id, "now": now}
    name = attach(draft)
    services.submit(session, **own)
    services.withdraw_submission(session, **own)

    documents.remove(session, **own, name=name)

    assert kept(session, DocumentFile) == {name}


def test_a_revision_that_is_taken_back_goes_on_without_what_was_erased(session, draft, attach, now):
    own = {"campaign_id": draft.id, "owner_id": draft.owner.id}
    name = attach(draft)
    documents.remove(session, **own, name=name, now=now + TOGETHER)

    said = [revisions.said(session, draft.id, one.number) for one in revisions.own(session, draft.id, draft.owner.id)]

    assert [one.details.documents for one in said] == [(), ()]


def test_the_terms_of_the_instrument_come_back_with_a_revision(session, make, now):
    draft = make.campaign(state="draft", **offered("loan"))
    own = {"campaign_id": draft.id, "owner_id": draft.owner.id}
    found = queries.owner_campaign(session, draft.id, draft.owner.id)
    offers.save_terms(
        session,
        **own,
        row_version=found.row_version,
        instrument="loan",
        months=24,
        terms=replace(found.content.terms, rate_bp=123),
        now=now + TOGETHER,
    )
    first = revisions.said(session, draft.id, 1)
    assert revisions.said(session, draft.id, 2).terms.rate_bp == 123

    services.save_draft(
        session,
        **own,
        row_version=queries.owner_campaign(session, draft.id, draft.owner.id).row_version,
        content=first,
        now=now + 2 * TOGETHER,
        apart=True,
    )

    assert queries.owner_campaign(session, draft.id, draft.owner.id).content == found.content
