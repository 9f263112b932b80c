"""What a collection's public page says of its interruptions and corrections."""

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from marketplace.moderation import registers
from marketplace.projects.queries import CampaignPage
from marketplace.web.context import Session
from marketplace.web.labels import FIELDS
from marketplace.web.moderation import words

CAUSES: Mapping[str, LazyString] = {
    "suspended": _l("Cette collecte est suspendue le temps d’une correction, 30 jours au plus."),
    "by_owner": _l("Son porteur a annulé cette collecte."),
    "by_platform": _l("Mitoyen a annulé cette collecte."),
    "not_corrected": _l("Cette collecte n’a pas été corrigée sous 30 jours : elle est annulée."),
}


def told(session: Session, campaign: CampaignPage) -> Mapping[str, Any]:
    """Return what the notice needs. Nothing is asked of the database for a first version that was never stopped."""
    stopped = campaign.state in {"suspended", "cancelled"}
    return {
        "interruption": registers.interruption(session, campaign.campaign_id) if stopped else None,
        "interruption_words": CAUSES,
        "corrected": registers.published_corrections(session, campaign.campaign_id) if campaign.version > 1 else [],
        "correction_outcomes": words.CORRECTION_OUTCOMES,
        "fields": FIELDS,
        "value": words.value,
    }
