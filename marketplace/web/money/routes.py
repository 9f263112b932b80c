"""The money of one's own collection: receiving it, what was sent, what is kept back, what reached the bank."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Unavailable
from marketplace.finance.fees import PLATFORM_FEE_BASIS_POINTS
from marketplace.moderation import refunds
from marketplace.payments import onboarding, recipients
from marketplace.payments.gateway import Balance, Payout
from marketplace.payments.recipients import Recipient
from marketplace.pledges import takings
from marketplace.projects import queries as projects
from marketplace.web.access import signed_in
from marketplace.web.context import me, now, reading, runtime
from marketplace.web.labels import PLEDGE_STATES
from marketplace.web.money.words import PAYOUT_STATES, RECIPIENT_STATES

bp = Blueprint("money", __name__)

# One person in business on their own; every other legal form is an organisation.
_ALONE = frozenset({"ei"})
# Value of ``?compte=``: the owner comes back from the provider's page, or its address had expired.
BACK, EXPIRED = "retour", "expire"


@dataclass(frozen=True)
class AtTheProvider:
    """What the provider holds for an owner today, and what it sent to their bank."""

    balance: Balance
    payouts: list[Payout]


@bp.get("/mes-projets/<uuid:campaign_id>/argent")
@signed_in
def show(campaign_id: UUID) -> ResponseReturnValue:
    """Show where the money of one's own collection is; back from the provider's page, ask it how the account stands."""
    with reading() as session:
        found = projects.led_campaign(session, campaign_id, me().account_id, now())
        money = takings.of_campaign(session, campaign_id)
        decided = refunds.last_decisions(session, campaign_id)
        recipient = recipients.find(session, found.carrier_id)
    there = None
    try:
        if recipient is not None and request.args.get("compte") == BACK:
            onboarding.refresh(runtime().database, runtime().gateway, holder_id=found.carrier_id, now=now())
            with reading() as session:
                recipient = recipients.find(session, found.carrier_id)
        there = _at_the_provider(recipient)
    except Unavailable:
        flash(_("Le service de paiement ne répond pas : votre solde n’est pas affiché. Réessayez plus tard."), "error")
    return render_template(
        "money/show.html",
        found=found,
        money=money,
        decided=decided,
        pledge_states=PLEDGE_STATES,
        recipient=recipient,
        there=there,
        expired=request.args.get("compte") == EXPIRED,
        recipient_states=RECIPIENT_STATES,
        payout_states=PAYOUT_STATES,
        fee_basis_points=PLATFORM_FEE_BASIS_POINTS,
    )


@bp.post("/mes-projets/<uuid:campaign_id>/argent/compte")
@signed_in
def receive(campaign_id: UUID) -> ResponseReturnValue:
    """Go to the provider's page on which an owner says who they are, so that they may be sent money."""
    with reading() as session:
        found = projects.led_campaign(session, campaign_id, me().account_id, now())
    here = f"{runtime().config.site_url}{url_for('money.show', campaign_id=campaign_id)}"
    try:
        url = onboarding.page_url(
            runtime().database,
            runtime().gateway,
            holder_id=found.carrier_id,
            email=me().email,
            name=found.content.name or found.owner_name,
            company=found.content.legal_form not in _ALONE,
            back=f"{here}?compte={BACK}",
            again=f"{here}?compte={EXPIRED}",
            now=now(),
        )
    except Unavailable:
        flash(_("Le service de paiement ne répond pas. Réessayez dans un instant."), "error")
        return redirect(url_for("money.show", campaign_id=campaign_id), code=303)
    return redirect(url, code=303)


def _at_the_provider(recipient: Recipient | None) -> AtTheProvider | None:
    """Ask what an owner has at the provider. Raises Unavailable."""
    if recipient is None:
        return None
    gateway = runtime().gateway
    return AtTheProvider(gateway.balance(recipient.provider_id), gateway.payouts(recipient.provider_id, limit=10))
