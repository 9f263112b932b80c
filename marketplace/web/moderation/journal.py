"""The log of what staff did: filters, pages, its chain, a file."""

import json
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.moderation import journal
from marketplace.moderation.journal import Filter
from marketplace.web.access import administrator
from marketplace.web.context import reading
from marketplace.web.moderation.acts import ACTS, SUBJECTS
from marketplace.web.moderation.blueprint import bp
from marketplace.web.moderation.forms import JournalForm
from marketplace.web.moderation.sheets import csv_answer
from marketplace.web.moderation.words import REASONS


@bp.get("/moderation/journal")
@administrator
def log() -> ResponseReturnValue:
    """Show the log, newest first; follow its chain when asked to."""
    form = JournalForm(formdata=request.args)
    form.validate()
    before = request.args.get("avant", "")
    with reading() as session:
        page = journal.page(session, _filter(form), before=int(before) if _number(before) else None)
        chain = journal.chain(session) if request.args.get("chaine") == "verifier" else None
        actions, actors = journal.actions(session), journal.actors(session)
    return render_template(
        "moderation/journal.html",
        form=form,
        page=page,
        chain=chain,
        actions=actions,
        acts=ACTS,
        subjects=SUBJECTS,
        reasons=REASONS,
        actors=actors,
        asked={name: value for name, value in request.args.items() if name in form.data and value},
    )


@bp.get("/moderation/journal.csv")
@administrator
def log_file() -> Response:
    """Give what the filters leave of the log as a file for a spreadsheet."""
    form = JournalForm(formdata=request.args)
    form.validate()
    with reading() as session:
        rows = list(journal.everything(session, _filter(form)))
    head = ("numero", "instant", "qui", "acte", "objet", "identifiant", "details", "empreinte")
    lines = (
        (
            *(row.id, row.at, row.actor_name or row.actor_id, row.action),
            *(row.subject_kind, row.subject_id, _json(row), row.hash),
        )
        for row in rows
    )
    return csv_answer("journal.csv", head, lines)


def _filter(form: JournalForm) -> Filter:
    return Filter(
        action=form.acte.data or None,
        actor_id=_uuid(form.qui.data),
        subject_id=_uuid(form.objet.data),
        since=form.du.data,
        until=form.au.data,
    )


def _json(row: journal.Entry) -> str:
    return json.dumps(row.details, ensure_ascii=False, sort_keys=True)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
