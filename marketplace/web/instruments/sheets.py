"""The key information sheet (fiche d'informations clés sur l'investissement) as a tagged PDF.

It says what was frozen when the campaign was published, and names that version and the SHA-256 of its terms. In French,
whatever the language of the page.
"""

import json
from dataclasses import asdict
from uuid import UUID

import typst
from flask import Response, request
from flask_babel import force_locale

from config import ROOT
from marketplace.core.errors import NotFound
from marketplace.projects import identifier, queries, sheet_facts
from marketplace.projects.days import paris_day
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.rules import Content
from marketplace.territories import queries as territories
from marketplace.web.access import public, signed_in
from marketplace.web.context import Session, me, now, reading
from marketplace.web.instruments import quotes
from marketplace.web.instruments.blueprint import bp
from marketplace.web.instruments.sheet_words import Facts, parts, say
from marketplace.web.legal.warnings import DISCLAIMER, RISK, Warned

TEMPLATE = ROOT / "templates" / "pdf" / "sheet.typ"
# A published version never changes.
LASTING = "public, max-age=3600"
# What knows who carries a project.
Carried = queries.CampaignPage | queries.Dossier


@bp.get("/collectes/<uuid:campaign_id>/fiche-informations-cles.pdf")
@public
def sheet(campaign_id: UUID) -> Response:
    """Give the sheet of a published campaign."""
    with reading() as session:
        page = queries.public_campaign(session, campaign_id)
        if not _has_one(page.instrument) or page.offer_number is None:
            raise NotFound(campaign_id)
        if page.terms_sha256 in request.if_none_match:
            return Response(status=304)
        content = sheet_facts.content(session, campaign_id)
        facts = _facts(session, content, page, campaign_id)
    name = identifier.of_offer(page.offer_number)
    stamp = (name, f"v{page.version}", page.terms_sha256)
    answer = _file(render(content, facts, stamp), f"fici-{name}-v{page.version}.pdf")
    answer.set_etag(page.terms_sha256)
    answer.headers["Cache-Control"] = LASTING
    return answer


@bp.get("/mes-projets/<uuid:campaign_id>/fiche-informations-cles.pdf")
@signed_in
def draft_sheet(campaign_id: UUID) -> Response:
    """Give the sheet as it would be published now, to the owner of a collection and to its moderators."""
    with reading() as session:
        if me().is_administrator:
            found = queries.dossier(session, campaign_id)
        else:
            found = queries.owner_campaign(session, campaign_id, me().account_id)
        if not _has_one(found.content.instrument):
            raise NotFound(campaign_id)
        facts = _facts(session, found.content, found, campaign_id)
    return _file(render(found.content, facts, None), "fici-brouillon.pdf")


def render(content: Content, facts: Facts, stamp: tuple[str, str, str] | None) -> bytes:
    """Draw the sheet (PDF/UA-1). stamp: identifier, version and SHA-256 of the frozen terms; None for a draft."""
    with force_locale("fr"):
        data = words(content, facts, stamp)
    return typst.compile(str(TEMPLATE), format="pdf", sys_inputs={"data": json.dumps(data)}, pdf_standards=["ua-1"])


def words(content: Content, facts: Facts, stamp: tuple[str, str, str] | None) -> dict[str, object]:
    """Return all that the sheet says."""
    if stamp is None:
        name, identity = "brouillon", "Identifiant de l’offre : donné à la publication."
    else:
        name, version, digest = stamp
        identity = say(
            "Identifiant de l’offre : %(name)s. Version %(version)s, empreinte SHA-256 %(digest)s.",
            name=name,
            version=version.removeprefix("v"),
            digest=digest,
        )
    return {
        "title": "Fiche d’informations clés sur l’investissement",
        "name": content.title,
        "identifier": name,
        "identity": identity,
        "disclaimer": DISCLAIMER.official,
        "disclaimer_fr": _ours(DISCLAIMER),
        "warning_title": "Avertissement sur les risques",
        "warning": RISK.official,
        "warning_fr": _ours(RISK),
        "reflection": (
            "Délai de réflexion : pendant quatre jours au moins, vous pouvez revenir sur votre engagement sans motif "
            "et sans frais, en un clic, depuis « Mes engagements »."
        ),
        "what": "Quoi",
        "value": "Ce qu’il en est",
        "page": "page",
        "sandbox": "Bac à sable : aucun argent réel ne circule",
        "parts": [asdict(part) for part in parts(content, facts)],
    }


def _ours(warned: Warned) -> str:
    return say("Notre traduction, en attendant le texte officiel : %(words)s", words=warned.translation)


def _has_one(instrument: str | None) -> bool:
    known = INSTRUMENTS.get(instrument or "")
    return known is not None and known.sheet is not None


def _facts(session: Session, content: Content, carried: Carried, campaign_id: UUID) -> Facts:
    commune = territories.commune(session, content.commune_code) if content.commune_code else None
    body = carried.organisation
    unit = content.terms.nominal_cents or 1
    example = max(unit, quotes.EXAMPLE_CENTS // unit * unit)
    found = quotes.quote(quotes.of_content(content), example, paris_day(now()))
    return Facts(
        owner_name=carried.owner_name,
        siren=(body.siren or "") if body else "",
        rna=(body.rna or "") if body else "",
        commune=commune.label if commune else "",
        last_day=content.ends_on,
        past=sheet_facts.past_offers(session, carried.carrier_id, before=campaign_id),
        example_cents=example,
        example=found.lines if found else (),
    )


def _file(body: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type="application/pdf", headers=headers)
