"""News that an owner gives once their campaign is public."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.projects import news
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now
from marketplace.web.fields import refuse
from marketplace.web.messages import sentence
from marketplace.web.owner import pages
from marketplace.web.owner.blueprint import bp
from marketplace.web.owner.news_form import NewsForm


@bp.post("/mes-projets/<uuid:campaign_id>/nouvelles")
@signed_in
def post_news(campaign_id: UUID) -> ResponseReturnValue:
    """Tell something on the page of one's own campaign."""
    form = NewsForm()
    key = form.form_key()
    try:
        in_transaction(
            lambda session: news.post(
                session,
                campaign_id=campaign_id,
                owner_id=me().account_id,
                form_key=key,
                text=form.text.data or "",
                now=now(),
            )
        )
    except Refused as refusal:
        refuse(form, sentence(refusal.code, **refusal.facts), refusal.field)
        return pages.overview(campaign_id, news=form), 422
    flash(_("Vos nouvelles sont sur la page de la collecte."), "success")
    return redirect(f"{url_for('campaigns.show', campaign_id=campaign_id)}#nouvelles", code=303)
