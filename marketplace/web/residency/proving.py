"""Proving where one lives: a document whose barcode is read at once, or that a person looks at; a code by post."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.errors import Refused
from marketplace.residency import letters, proofs, reading, services
from marketplace.residency.errors import ProofUnreadable
from marketplace.residency.reading import Opened
from marketplace.web.access import signed_in
from marketplace.web.context import in_transaction, me, now
from marketplace.web.fields import refuse
from marketplace.web.limits import CODE_ACCOUNT, LETTER_ACCOUNT, PROOF_ACCOUNT, PROOF_ADDRESS, here, spend
from marketplace.web.messages import sentence
from marketplace.web.residency.blueprint import bp
from marketplace.web.residency.forms import CodeForm, LetterForm, ProofForm
from marketplace.web.residency.pages import keyring, own_page, residence, trust


@bp.get("/mon-compte/residence/justificatif")
@signed_in
def prove() -> ResponseReturnValue:
    """Ask for a document; say what is read of it and when it is destroyed."""
    if residence() is None:
        return redirect(url_for("residency.own"), code=303)
    return render_template("residency/prove.html", form=ProofForm(), failed=None)


@bp.post("/mon-compte/residence/justificatif")
@signed_in
def prove_send() -> ResponseReturnValue:
    """Read the barcode of a document, or hand it to an administrator; the file is forgotten with the answer."""
    form = ProofForm()
    if not form.validate():
        return render_template("residency/prove.html", form=form, failed=None), 422
    account_id, at = me().account_id, now()
    spend(PROOF_ACCOUNT.of(str(account_id)), PROOF_ADDRESS.of(here()))
    try:
        opened = reading.open_file(form.file.data.read(reading.MOST_BYTES + 1))
    except ProofUnreadable as error:
        code = error.code
        in_transaction(lambda session: proofs.note_unreadable(session, account_id=account_id, reason=code, now=at))
        refuse(form, sentence(code, **error.facts), "file")
        return render_template("residency/prove.html", form=form, failed=None), 422
    try:
        return _hand_over(form, opened) if form.wants_a_person else _read(form, opened)
    except Refused as error:
        refuse(form, sentence(error.code, **error.facts), error.field)
        return render_template("residency/prove.html", form=form, failed=None), 422


@bp.get("/mon-compte/residence/lettre")
@signed_in
def letter() -> ResponseReturnValue:
    """Ask where to send a code."""
    home = residence()
    if home is None:
        return redirect(url_for("residency.own"), code=303)
    return render_template("residency/letter.html", form=LetterForm(), home=home)


@bp.post("/mon-compte/residence/lettre")
@signed_in
def letter_send() -> ResponseReturnValue:
    """Have a letter posted."""
    form, home = LetterForm(), residence()
    account_id, at, keys = me().account_id, now(), keyring()
    if not form.validate():
        return render_template("residency/letter.html", form=form, home=home), 422
    spend(LETTER_ACCOUNT.of(str(account_id)))
    try:
        in_transaction(
            lambda session: letters.ask(
                session,
                account_id=account_id,
                name=form.name.data or "",
                street=form.street.data or "",
                more=form.more.data or "",
                postcode=form.postcode.data or "",
                keyring=keys,
                now=at,
            )
        )
    except Refused as error:
        refuse(form, sentence(error.code, **error.facts), error.field)
        return render_template("residency/letter.html", form=form, home=home), 422
    flash(_("Votre lettre est demandée. Vous recevrez un courriel quand elle sera postée."), "success")
    return redirect(url_for("residency.own"), code=303)


@bp.post("/mon-compte/residence/code")
@signed_in
def enter_code() -> ResponseReturnValue:
    """Enter the code of a letter."""
    form = CodeForm()
    account_id, at, keys = me().account_id, now(), keyring()
    if residence() is None:
        return redirect(url_for("residency.own"), code=303)
    spend(CODE_ACCOUNT.of(str(account_id)))
    try:
        reason = in_transaction(
            lambda session: letters.enter(
                session, account_id=account_id, typed=form.code.data or "", keyring=keys, now=at
            )
        )
    except Refused as error:
        refuse(form, sentence(error.code, **error.facts), error.field)
        return own_page(code=form), 422
    if reason is not None:
        refuse(form, sentence(reason), "code")
        return own_page(code=form), 422
    flash(_("Votre code postal est confirmé pour douze mois."), "success")
    return redirect(url_for("residency.own"), code=303)


def _read(form: ProofForm, opened: Opened) -> ResponseReturnValue:
    """Let the barcode prove; when it does not, say which check failed, and hand over if the person said so."""
    account_id, at, keys, trusted = me().account_id, now(), keyring(), trust()
    reason = in_transaction(
        lambda session: proofs.judge(
            session, account_id=account_id, codes=opened.codes, trust=trusted, keyring=keys, now=at
        )
    )
    if reason is None:
        flash(_("Votre commune est justifiée pour douze mois. Votre fichier est détruit."), "success")
        return redirect(url_for("residency.own"), code=303)
    if reason == "code_not_found" and opened.other_codes:
        reason = "code_other_type"
    if form.hand_over.data:
        return _hand_over(form, opened, reason)
    refuse(form, sentence(reason), "file")
    return render_template("residency/prove.html", form=form, failed=sentence(reason)), 422


def _hand_over(form: ProofForm, opened: Opened, reason: str | None = None) -> ResponseReturnValue:
    account_id, at, keys, home = me().account_id, now(), keyring(), residence()
    # Who was seen once can only want a second look.
    seen_once = home is not None and home.verified_with == "document" and home.standing(at) == "proven"
    in_transaction(
        lambda session: services.ask_verification(
            session,
            account_id=account_id,
            pages=opened.pages,
            keyring=keys,
            by_two=bool(form.by_two.data) or seen_once,
            now=at,
        )
    )
    if reason is not None:
        flash(sentence(reason), "info")
    flash(_("Votre document attend un administrateur. Il sera détruit dès sa décision."), "success")
    return redirect(url_for("residency.own"), code=303)
