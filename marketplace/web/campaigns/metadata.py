"""What a campaign's page says to machines: search engines, and sites on which somebody posts a link to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from flask import request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace.projects.queries import CampaignPage
from marketplace.territories.queries import Commune
from marketplace.web.campaigns import pictures
from marketplace.web.context import runtime
from marketplace.web.languages import PARAMETER

LOCALES: Mapping[str, str] = {"fr": "fr_FR", "en": "en_GB"}
# What would end the element, or be read as markup, in JSON inside a page; JSON reads the escapes as the same letters.
_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&'\u2028\u2029"}


@dataclass(frozen=True)
class Metadata:
    """The head of a page. Addresses are absolute; canonical: the one of the language asked for, when one was.

    linked_data: a whole element, see `data_block`. letter: an address that opens a mail of the reader's own (RFC 6068).
    """

    address: str
    canonical: str
    picture: str
    picture_alt: str
    width: int
    height: int
    locale: str
    linked_data: Markup
    letter: str


def of(campaign: CampaignPage, there: Commune) -> Metadata:
    """Return the metadata of a published campaign."""
    site = runtime().config.site_url
    address = site + url_for("campaigns.show", campaign_id=campaign.campaign_id)
    asked = request.args.get(PARAMETER)
    picture = site + url_for("campaigns.picture", campaign_id=campaign.campaign_id)
    return Metadata(
        address=address,
        canonical=f"{address}?{PARAMETER}={asked}" if asked in LOCALES else address,
        picture=picture,
        picture_alt=_("%(title)s, à %(town)s : un dessin du projet.", title=campaign.title, town=there.label),
        width=pictures.WIDTH,
        height=pictures.HEIGHT,
        locale=LOCALES.get(str(get_locale()), LOCALES["fr"]),
        linked_data=data_block([_project(campaign, there, address, picture), _crumbs(campaign, site, address)]),
        letter=_letter(campaign, there, address),
    )


def data_block(graph: list[dict[str, Any]]) -> Markup:
    """Return linked data as an element of the page.

    A browser never runs it, whatever the content security policy: its type is not a script's (HTML, "data block").
    """
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    # The text holds no letter with a meaning in HTML any more.
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text.translate(_ESCAPES)))  # noqa: S704


def _letter(campaign: CampaignPage, there: Commune, address: str) -> str:
    body = _(
        "Un projet à %(town)s cherche des voisins : %(title)s\n%(address)s",
        town=there.name,
        title=campaign.title,
        address=address,
    )
    # RFC 6068 ends a line with CR LF, and knows no "+" for a space.
    fields = {"subject": campaign.title, "body": body.replace("\n", "\r\n")}
    return f"mailto:?{urlencode(fields, quote_via=quote)}"


def _project(campaign: CampaignPage, there: Commune, address: str, picture: str) -> dict[str, Any]:
    """Return the project, schema.org/Project. Nothing about the person behind it: the page is for that."""
    place = {
        "@type": "PostalAddress",
        "addressLocality": there.name,
        "addressRegion": there.region_name,
        "addressCountry": "FR",
    }
    return {
        "@type": "Project",
        "@id": f"{address}#projet",
        "name": campaign.project_name,
        "alternateName": campaign.title,
        "description": campaign.summary,
        "url": address,
        "image": picture,
        "location": {"@type": "Place", "name": there.label, "address": place},
    }


def _crumbs(campaign: CampaignPage, site: str, address: str) -> dict[str, Any]:
    steps = ((_("Près de chez moi"), site + url_for("home.feed")), (campaign.title, address))
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": str(name), "item": item}
            for number, (name, item) in enumerate(steps, start=1)
        ],
    }
