"""The administrators' post: letters with a code, printed in a batch for window envelopes."""

import json

import typst
from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from config import ROOT
from marketplace.residency import letters, proof_queries
from marketplace.residency.letters import PrintedLetter
from marketplace.residency.rules import CODE_DAYS, CODE_TRIES
from marketplace.web.access import administrator
from marketplace.web.context import in_transaction, me, now, reading, runtime
from marketplace.web.filters import day
from marketplace.web.residency.blueprint import bp
from marketplace.web.residency.pages import keyring

TEMPLATE = ROOT / "templates" / "pdf" / "residence_letter.typ"


@bp.get("/moderation/lettres")
@administrator
def letters_page() -> ResponseReturnValue:
    """Show how many letters wait for the printer, and which are printed and not yet posted."""
    with reading() as session:
        waiting = proof_queries.letters_waiting(session)
        counts = proof_queries.counts(session, now())
    return render_template(
        "residency/letters.html",
        waiting=waiting,
        counts=counts,
        mine=sum(letter.account_id == me().account_id for letter in waiting),
    )


@bp.post("/moderation/lettres/imprimer")
@administrator
def print_letters() -> ResponseReturnValue:
    """Give every letter that is not in the post as one PDF; codes printed before no longer hold."""
    administrator_id, at, keys = me().account_id, now(), keyring()
    printed = in_transaction(
        lambda session: letters.print_all(session, keyring=keys, administrator_id=administrator_id, now=at)
    )
    if not printed:
        flash(_("Aucune lettre à imprimer."), "info")
        return redirect(url_for("residency.letters_page"), code=303)
    file = typst.compile(str(TEMPLATE), format="pdf", sys_inputs={"data": json.dumps(_words(printed))})
    name = f"mitoyen-lettres-{at:%Y-%m-%d}.pdf"
    return Response(
        file,
        content_type="application/pdf",
        headers={"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.post("/moderation/lettres/postees")
@administrator
def post_letters() -> ResponseReturnValue:
    """Note that the printed letters are in the post: their addresses are deleted."""
    administrator_id, at = me().account_id, now()
    posted = in_transaction(lambda session: letters.post_all(session, administrator_id=administrator_id, now=at))
    flash(
        ngettext(
            "%(num)s lettre est notée postée, son adresse est effacée.",
            "%(num)s lettres sont notées postées, leurs adresses sont effacées.",
            posted,
        ),
        "success",
    )
    return redirect(url_for("residency.letters_page"), code=303)


def _words(printed: list[PrintedLetter]) -> dict[str, object]:
    """Return what the letters say. They are French: what is posted in France is."""
    return {
        "site": runtime().config.site_url,
        "date": day(now()),
        "letters": [{"lines": letter.lines, "code": f"{letter.code[:4]} {letter.code[4:]}"} for letter in printed],
        "days": CODE_DAYS,
        "tries": CODE_TRIES,
    }
