"""The conflict desk: two accounts with one proof, residences taken back with their consequences, and what ends soon."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import NotFound
from marketplace.pledges import revocation as pledges
from marketplace.residency import proof_queries, revocation
from marketplace.residency.proof_queries import Party
from marketplace.residency.rules import REVOCATION_REASONS
from marketplace.web.access import administrator
from marketplace.web.context import Session, in_transaction, me, now, reading
from marketplace.web.fields import refuse as put
from marketplace.web.messages import sentence
from marketplace.web.residency.blueprint import bp
from marketplace.web.residency.forms import RevocationForm
from marketplace.web.residency.pages import SOON
from marketplace.web.why.words import LEVELS


@bp.get("/moderation/conflits")
@administrator
def conflicts() -> ResponseReturnValue:
    """Show the conflicts nobody decided yet, oldest first."""
    with reading() as session:
        found = proof_queries.conflicts(session)
        counts = proof_queries.counts(session, now())
    return render_template("residency/conflicts.html", conflicts=found, counts=counts, own_id=me().account_id)


@bp.post("/moderation/conflits/<uuid:conflict_id>/deux")
@administrator
def keep_both(conflict_id: UUID) -> ResponseReturnValue:
    """Decide that two accounts may share a proof: a household."""
    administrator_id, at = me().account_id, now()
    in_transaction(
        lambda session: revocation.keep_both(
            session, conflict_id=conflict_id, administrator_id=administrator_id, now=at
        )
    )
    flash(_("Les deux comptes peuvent présenter ce justificatif. La seconde personne en est informée."), "success")
    return redirect(url_for("residency.conflicts"), code=303)


@bp.get("/moderation/conflits/<uuid:conflict_id>/<uuid:account_id>")
@administrator
def one_loses(conflict_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Show what follows when one of two accounts loses its residence, before it is confirmed."""
    return _conflict_page(conflict_id, account_id, RevocationForm())


@bp.post("/moderation/conflits/<uuid:conflict_id>/<uuid:account_id>")
@administrator
def one_loses_send(conflict_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Let the other account keep the proof, and take the residence of this one back."""
    form, administrator_id, at = RevocationForm(), me().account_id, now()
    reason = form.reason.data
    if reason not in REVOCATION_REASONS:
        put(form, sentence("revocation_reason_unknown"), "reason")
        return _conflict_page(conflict_id, account_id, form), 422

    def work(session: Session) -> None:
        conflict = proof_queries.conflict(session, conflict_id)
        loser = _loser(conflict, account_id)
        keeper = conflict.holder if loser == conflict.newcomer else conflict.newcomer
        revocation.keep_one(
            session,
            conflict_id=conflict_id,
            keeper_id=keeper.account_id,
            administrator_id=administrator_id,
            now=at,
        )
        if loser.link_id is not None and loser.level:
            _revoke(session, loser.link_id, administrator_id, reason)

    in_transaction(work)
    flash(_("Le conflit est tranché. La personne qui perd sa preuve en est informée."), "success")
    return redirect(url_for("residency.conflicts"), code=303)


@bp.get("/moderation/residences/lien/<uuid:link_id>/revocation")
@administrator
def revocation_page(link_id: UUID) -> ResponseReturnValue:
    """Show what a revocation would do, before it is confirmed."""
    return _revocation_page(link_id, RevocationForm())


@bp.post("/moderation/residences/lien/<uuid:link_id>/revocation")
@administrator
def revoke(link_id: UUID) -> ResponseReturnValue:
    """Take a residence back, with what follows for pledges."""
    form, administrator_id = RevocationForm(), me().account_id
    reason = form.reason.data
    if reason not in REVOCATION_REASONS:
        put(form, sentence("revocation_reason_unknown"), "reason")
        return _revocation_page(link_id, form), 422
    in_transaction(lambda session: _revoke(session, link_id, administrator_id, reason))
    flash(_("La résidence est révoquée. La personne en est informée."), "success")
    return redirect(url_for("residency.endings"), code=303)


@bp.get("/moderation/residences/registre")
@administrator
def endings() -> ResponseReturnValue:
    """Show how many residences there are, which end soon, and find one by the address of its account."""
    typed = request.args.get("adresse", "").strip()
    with reading() as session:
        soon = proof_queries.endings(session, now=now(), within=SOON)
        counts = proof_queries.counts(session, now())
        found = proof_queries.by_email(session, typed) if typed else None
    return render_template(
        "residency/register.html", endings=soon, counts=counts, typed=typed, found=found, levels=LEVELS
    )


def _revoke(session: Session, link_id: UUID, administrator_id: UUID, reason: str) -> None:
    owner = revocation.revoke(session, link_id=link_id, administrator_id=administrator_id, reason=reason, now=now())
    pledges.cancel(session, account_id=owner, administrator_id=administrator_id, now=now())


def _loser(conflict: proof_queries.Conflict, account_id: UUID) -> Party:
    if account_id == conflict.holder.account_id:
        return conflict.holder
    if account_id == conflict.newcomer.account_id:
        return conflict.newcomer
    raise NotFound(account_id)


def _conflict_page(conflict_id: UUID, account_id: UUID, form: RevocationForm) -> str:
    with reading() as session:
        conflict = proof_queries.conflict(session, conflict_id)
        loser = _loser(conflict, account_id)
        touched = pledges.consequences(session, account_id=loser.account_id, now=now())
    return render_template(
        "residency/revocation.html",
        form=form,
        party=loser,
        touched=touched,
        conflict=conflict,
        own=_own(loser),
        levels=LEVELS,
    )


def _revocation_page(link_id: UUID, form: RevocationForm) -> str:
    with reading() as session:
        party = proof_queries.party(session, link_id)
        touched = pledges.consequences(session, account_id=party.account_id, now=now())
    return render_template(
        "residency/revocation.html",
        form=form,
        party=party,
        touched=touched,
        conflict=None,
        own=_own(party),
        levels=LEVELS,
    )


def _own(party: Party) -> bool:
    return party.account_id == me().account_id
