"""What a backer may keep of a pledge: a certificate and a calendar entry."""

import json
from datetime import datetime, timedelta
from uuid import UUID

import typst
from flask import Response
from flask_babel import get_locale
from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event

from config import ROOT
from marketplace.core.clock import PARIS
from marketplace.pledges import queries
from marketplace.web.access import signed_in
from marketplace.web.context import me, now, reading, runtime
from marketplace.web.filters import instant, last_minute, money
from marketplace.web.labels import INSTRUMENTS, PLEDGE_STATES
from marketplace.web.pledges.blueprint import bp

TEMPLATE = ROOT / "templates" / "pdf" / "pledge.typ"
# A calendar shows the last hour of the period, and rings a day before.
LAST_HOUR = timedelta(hours=1)
REMINDER = timedelta(days=-1)


@bp.get("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>/attestation.pdf")
@signed_in
def certificate(campaign_id: UUID, pledge_id: UUID) -> Response:
    """Give the certificate of a pledge as a tagged PDF (PDF/UA-1)."""
    pledge = _mine(campaign_id, pledge_id)
    file = typst.compile(
        str(TEMPLATE),
        format="pdf",
        sys_inputs={"data": json.dumps(_words(pledge, now()))},
        pdf_standards=["ua-1"],
    )
    return _attached(file, "application/pdf", "mitoyen-engagement.pdf")


@bp.get("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>/delai-de-reflexion.ics")
@signed_in
def reminder(campaign_id: UUID, pledge_id: UUID) -> Response:
    """Give the end of the reflection period as a calendar entry (RFC 5545)."""
    pledge = _mine(campaign_id, pledge_id)
    calendar = Calendar()
    calendar.add("prodid", "-//Mitoyen//FR")
    calendar.add("version", "2.0")
    if pledge.revocable_until is not None:
        calendar.add_component(_last_hour(pledge, pledge.revocable_until))
    return _attached(calendar.to_ical(), "text/calendar; charset=utf-8", "mitoyen-delai-de-reflexion.ics")


def _mine(campaign_id: UUID, pledge_id: UUID) -> queries.MyPledge:
    with reading() as session:
        return queries.my_pledge(session, campaign_id=campaign_id, pledge_id=pledge_id, backer_id=me().account_id)


def _words(pledge: queries.MyPledge, at: datetime) -> dict[str, object]:
    _tone, state, meaning = PLEDGE_STATES[pledge.state]
    rows = [
        (_("Projet"), pledge.campaign_title),
        (_("Montant"), money(pledge.amount_cents)),
        (_("Nature"), str(INSTRUMENTS[pledge.instrument])),
        (_("Engagement pris le"), instant(pledge.opened_at)),
        (_("État"), str(state)),
        (_("Fin de la collecte"), last_minute(pledge.closes_at)),
        (_("Numéro"), str(pledge.pledge_id)),
    ]
    if pledge.revocable_until is not None:
        rows.insert(4, (_("Annulation libre jusqu’au"), last_minute(pledge.revocable_until)))
    return {
        "lang": str(get_locale() or "fr"),
        "title": _("Attestation d’engagement"),
        "statement": _(
            "%(name)s s’est engagé·e par l’intermédiaire de Mitoyen.",
            name=pledge.organisation_name or me().display_name,
        ),
        "what": _("Quoi"),
        "value": _("Valeur"),
        "rows": rows,
        "notes": [str(meaning), _("Document établi le %(at)s, à partir des registres de Mitoyen.", at=instant(at))],
        "sandbox": _("Bac à sable : aucun argent réel ne circule."),
    }


def _last_hour(pledge: queries.MyPledge, until: datetime) -> Event:
    event = Event()
    event.add("uid", f"{pledge.pledge_id}@mitoyen")
    event.add("dtstamp", pledge.opened_at)
    event.add("dtstart", (until - LAST_HOUR).astimezone(PARIS))
    event.add("dtend", until.astimezone(PARIS))
    event.add("summary", _("Fin du délai de réflexion : %(title)s", title=pledge.campaign_title))
    event.add(
        "description",
        _(
            "Jusqu’ici, vous pouvez annuler votre engagement de %(amount)s sans motif.",
            amount=money(pledge.amount_cents),
        ),
    )
    event.add("url", f"{runtime().config.site_url}/collectes/{pledge.campaign_id}/engagements/{pledge.pledge_id}")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Dernier jour pour changer d’avis"))
    alarm.add("trigger", REMINDER)
    event.add_component(alarm)
    return event


def _attached(body: bytes, kind: str, name: str) -> Response:
    return Response(body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
