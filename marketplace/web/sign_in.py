"""Who is behind a request: the cookie names a device, the database says whose it is and whether it still counts."""

import unicodedata
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, g, session
from flask_login import LoginManager, UserMixin, login_user, logout_user

from marketplace.accounts import sign_in
from marketplace.accounts.queries import Credentials
from marketplace.accounts.rules import IDLE, SEEN_EVERY
from marketplace.core.clock import real_now
from marketplace.core.errors import NotFound
from marketplace.residency import queries as residency
from marketplace.residency.queries import Behind
from marketplace.web.context import Me, in_transaction, reading, told, visitor
from marketplace.web.languages import KEPT

NEXT_MAX = 2000
# Where this device wants to go once an address is confirmed; dropped with the rest when somebody signs in.
NEXT = "suite"
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


class Visitor(UserMixin):  # type: ignore[misc]  # flask_login has no types
    """What Flask-Login keeps of a request: the token of the device, and the frozen row of its person."""

    def __init__(self, token: str, me: Me | None = None) -> None:
        self.token = token
        self.me = me

    def get_id(self) -> str:
        """Return what goes into the cookie: the token, not the account, so that it can be revoked."""
        return self.token


def load(token: object) -> Visitor | None:
    """Return the visitor of a token; None when its device was signed out or is too old. One statement."""
    if not isinstance(token, str):
        return None
    with reading() as opened:
        found = residency.behind(opened, token, now=real_now())
    if found is None:
        return None
    _note(found)
    at, lives, person = told(found.ahead), found.lives, found.person
    counts = lives if lives is not None and lives.standing(at) not in {"expired", "none"} else None
    return Visitor(
        token,
        Me(
            account_id=person.id,
            session_id=found.session_id,
            email=person.email,
            display_name=person.display_name,
            is_administrator=person.is_administrator,
            email_confirmed=person.email_confirmed_at is not None,
            commune_code=counts.commune_code if counts else None,
            commune_label=counts.commune_label if counts else None,
            level=counts.level if counts else 0,
            locale=person.locale,
            lives=lives,
            work_code=found.works[0] if found.works is not None and found.works[1] > at else None,
            mandated=found.mandated,
        ),
    )


def _note(found: Behind) -> None:
    """Keep a device alive by its use: written once a day at most, so that reading a page writes nothing."""
    moment = real_now()
    if moment - found.last_seen_at >= SEEN_EVERY:
        in_transaction(lambda opened: sign_in.touch_session(opened, session_id=found.session_id, now=moment))


def enter(checked: Credentials, *, device: str, new_hash: str | None = None) -> None:
    """Sign this device in. What the browser held before is dropped: nothing planted there survives.

    checked: what the password, or a link from a mail, was checked against. Raises AccountRefused: password_wrong.
    """
    leave()
    token = in_transaction(
        lambda opened: sign_in.open_session(
            opened,
            account_id=checked.account_id,
            security_stamp=checked.security_stamp,
            device=device,
            now=real_now(),
            new_hash=new_hash,
        )
    )
    session.permanent = True
    login_user(Visitor(token))


def leave() -> None:
    """Sign this device out, on the server too: a copy of the cookie is worth nothing from now on."""
    person = visitor()
    if person is not None:
        with suppress(NotFound):  # signed out from another device meanwhile
            in_transaction(
                lambda opened: sign_in.close_session(opened, account_id=person.account_id, session_id=person.session_id)
            )
    forget_here()


def forget_here() -> None:
    """Empty the browser's session, its language excepted."""
    locale = session.get(KEPT)
    logout_user()
    g.visitor = None
    session.clear()
    if locale:
        session[KEPT] = locale


def device_name(user_agent: str) -> str:
    """Return how a person recognises a device: "Firefox, Linux". Empty when it says nothing we know."""
    found = (next((name for sign, name in known if sign in user_agent), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name)


def safe_next(target: str | None) -> str:
    """Return a place on this site to go to after signing in; the home page for anything that may lead elsewhere.

    A path only: no scheme, no host, no backslash (browsers read it as a slash), no control or invisible character
    (browsers drop some of them before they look at the slashes).
    """
    if not target or len(target) > NEXT_MAX or target[0] != "/" or target[1:2] == "/" or "\\" in target:
        return "/"
    if any(unicodedata.category(char)[0] in "CZ" and char != " " for char in target):
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else target


def install(app: Flask) -> None:
    """Let Flask-Login keep the token in the session cookie."""
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)
    manager.session_protection = "basic"
    manager.user_loader(load)
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=IDLE.days)
