"""The poster of a campaign for a shop window: A4, black on white but for the title, with a code that opens its page."""

import hashlib
import json
from functools import partial
from uuid import UUID

import typst
import zxingcpp
from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from config import ROOT
from marketplace.projects import queries as projects
from marketplace.projects.queries import CampaignPage
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web.access import public
from marketplace.web.assets import SOURCE
from marketplace.web.campaigns.blueprint import bp
from marketplace.web.context import now, reading, runtime
from marketplace.web.filters import day, last_day, money

TEMPLATE = ROOT / "templates" / "pdf" / "poster.typ"
# A quarter of the code may be hidden by a fold or a scratch.
ERRORS = "Q"
# The same words make the same poster: it is not drawn again for so many times what pages are kept.
LASTS = 60


@bp.get("/collectes/<uuid:campaign_id>/affiche.pdf")
@public
def poster(campaign_id: UUID) -> ResponseReturnValue:
    """Give the poster of a published campaign as a tagged PDF (PDF/UA-1)."""
    with reading() as session:
        campaign = projects.public_campaign(session, campaign_id)
        there = territories.communes(session, {campaign.commune_code})[campaign.commune_code]
    data = json.dumps(words(campaign, there))
    tag = hashlib.sha256(data.encode()).hexdigest()
    if tag in request.if_none_match:
        response = Response(status=304)
    else:
        response = Response(runtime().memory.get(("poster", tag), partial(_drawn, data), times=LASTS))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = "attachment; filename=mitoyen-affiche.pdf"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(tag)
    return response


def _drawn(data: str) -> bytes:
    """Draw a poster. data: its words, as JSON."""
    return typst.compile(
        str(TEMPLATE),
        format="pdf",
        font_paths=[str(SOURCE / "vendor")] if (SOURCE / "vendor").is_dir() else [],
        sys_inputs={"data": data},
        pdf_standards=["ua-1"],
    )


def words(campaign: CampaignPage, there: Commune) -> dict[str, str]:
    """Return what the poster says, and its code."""
    address = runtime().config.site_url + url_for("campaigns.show", campaign_id=campaign.campaign_id)
    return {
        "lang": str(get_locale() or "fr"),
        "title": campaign.title,
        "summary": campaign.summary,
        "place": f"{campaign.project_name}, {there.label}",
        "call": _("Vous habitez le coin ? Participez dès %(least)s.", least=money(campaign.minimum_cents)),
        "until": _("Jusqu’au %(day)s, sur Mitoyen.", day=last_day(campaign.closes_at))
        if campaign.opens_at <= now()
        else _(
            "Du %(first)s au %(last)s, sur Mitoyen.", first=day(campaign.opens_at), last=last_day(campaign.closes_at)
        ),
        "goal": _("Objectif : %(goal)s", goal=money(campaign.goal_cents)),
        "risk": _("Un don n’est pas remboursé.")
        if campaign.instrument == "gift"
        else _("Vous pouvez perdre tout votre argent."),
        "scan": _("Photographiez ce carré avec votre téléphone, ou tapez l’adresse écrite dessous."),
        "alt": _("Un code qui ouvre la page du projet : %(address)s", address=address),
        "address": address,
        "code": code(address),
    }


def code(address: str) -> str:
    """Return the QR code (ISO/IEC 18004) of an address as SVG, with its quiet zone."""
    made = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level=ERRORS)
    return str(made.to_svg(add_quiet_zones=True, add_hrt=False))
