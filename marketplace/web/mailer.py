"""Writing mails: the words of one kind, in two shells, text and HTML. Called by the job "notifications.send_mail"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from flask_babel import force_locale

from config import Config
from marketplace.accounts import queries, sign_in
from marketplace.accounts.queries import Person
from marketplace.core import mail
from marketplace.core.errors import NotFound
from marketplace.notifications import rules
from marketplace.notifications.rules import Kind
from marketplace.web.account import tokens
from marketplace.web.alerts import endings
from marketplace.web.context import Session
from marketplace.web.messages import sentence


@dataclass(frozen=True)
class Written:
    """A mail ready to be posted."""

    subject: str
    text: str
    html: str


def render_and_post(
    session: Session,
    *,
    kind: str,
    account_id: UUID,
    params: Mapping[str, Any],
    now: datetime,
    config: Config,
) -> None:
    """Write a mail in its reader's language and put it in the outbox; nothing for an account that does not exist.

    kind, params: `notifications.rules.KINDS`. Needs the application's context. Two or three statements.
    Raises ValueError: unknown kind, missing param.
    """
    known = rules.check(kind, params)
    try:
        person = queries.person(session, account_id)
        token = _token(session, known, account_id, config)
    except NotFound:
        return  # a link was asked for an address without an account; or the account is gone
    written = render(kind, person, params, url=f"{config.site_url}{rules.path(known, params)}{token}")
    mail.post(
        session,
        recipient=person.email,
        subject=written.subject,
        text=written.text,
        html=written.html,
        now=now,
        unsubscribe_path=endings.path(config.secret_key, account_id) if known.chosen else None,
    )


def render(kind: str, person: Person, params: Mapping[str, Any], *, url: str) -> Written:
    """Return a mail in its reader's language. url: of its one link."""
    known = rules.KINDS[kind]
    values = {name: _typed(name, value) for name, value in params.items()}
    if known.token is not None:
        values["within"] = tokens.lifetime(known.token)
    with force_locale(person.locale):
        if "reason" in values:
            values["reason"] = sentence(values["reason"])
        if "reasons" in values:
            values["reasons"] = [sentence(code) for code in values["reasons"]]
        words = current_app.jinja_env.get_template(f"email/{kind}.txt").make_module(values)
        shell = {
            "locale": person.locale,
            "name": person.display_name,
            "action_url": url,
            **{part: getattr(words, part) for part in ("subject", "paragraphs", "action_label")},
            "facts": getattr(words, "facts", []),
        }
        text = current_app.jinja_env.get_template("email/letter.txt").render(shell)
        html = current_app.jinja_env.get_template("email/letter.html").render(shell)
    return Written(subject=str(words.subject), text=text, html=html)  # type: ignore[attr-defined]


def _token(session: Session, kind: Kind, account_id: UUID, config: Config) -> str:
    """Return the end of the link that proves who follows it, made now and kept nowhere; empty for most kinds."""
    if kind.token is None:
        return ""
    holder = tokens.Holder(account_id, sign_in.stamp_of(session, account_id))
    return tokens.make(config.secret_key, kind.token, holder)


def _typed(name: str, value: Any) -> Any:
    """Return a param as templates take it: instants are instants again."""
    if value is not None and name.endswith(("_until", "_at")):
        return datetime.fromisoformat(value)
    return value
