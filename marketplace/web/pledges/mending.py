"""Paying for a promise whose charge was refused, on the provider's page."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from marketplace.core.errors import Refused, Unavailable
from marketplace.pledges import recovery
from marketplace.web.access import signed_in
from marketplace.web.context import me, now, runtime
from marketplace.web.messages import sentence
from marketplace.web.pledges.blueprint import bp

# Value of ``?paiement=``: the backer comes back from the page, having paid.
DONE = "fait"


@bp.post("/collectes/<uuid:campaign_id>/engagements/<uuid:pledge_id>/reparer")
@signed_in
def mend(campaign_id: UUID, pledge_id: UUID) -> ResponseReturnValue:
    """Go to the provider's page to pay, or back to the pledge with the reason why not."""
    here = url_for("pledges.show", campaign_id=campaign_id, pledge_id=pledge_id)
    try:
        url = recovery.page_url(
            runtime().database,
            runtime().gateway,
            campaign_id=campaign_id,
            pledge_id=pledge_id,
            backer_id=me().account_id,
            locale=str(get_locale()),
            site_url=runtime().config.site_url,
            now=now(),
        )
    except Unavailable:
        flash(_("Le service de paiement ne répond pas. Réessayez dans un instant."), "error")
        return redirect(here, code=303)
    except Refused as refusal:
        flash(sentence(refusal.code, **refusal.facts), "info")
        return redirect(here, code=303)
    return redirect(url, code=303)


def look_up(campaign_id: UUID, pledge_id: UUID) -> None:
    """Ask whether the page was paid on; say so when it was not."""
    outcome = recovery.look_up(
        runtime().database, runtime().gateway, campaign_id=campaign_id, pledge_id=pledge_id, now=now()
    )
    if outcome == "action_required":
        flash(_("Le paiement n’est pas encore fait."), "info")
