"""In which language an answer is, and where the same page is in another.

An address without ``lang`` speaks the reader's language; ``?lang=en`` on a public page says which one for that answer
alone. Nothing is kept of it: a link followed from there is again in the reader's language.
"""

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, urlencode

from babel.support import NullTranslations, Translations
from flask import Flask, request, session
from flask_babel import Babel, Domain, get_locale

from marketplace.web import access
from marketplace.web.context import visitor

LOCALES = ("fr", "en")
PARAMETER = "lang"
KEPT = "locale"
# Where a line must not end: before a high sign, € or %, inside guillemets and numbers. "%(" begins a placeholder.
_BOUND = re.compile(r" (?=[:;?!»€]|%(?!\())|(?<=«) |(?<=\d) (?=\d{3})")


@cache
def typeset(words: str) -> str:
    """Return French words with no-break spaces where French has them. Only for words of ours: it keeps them all."""
    return _BOUND.sub("\u00a0", words)


class French(Translations):
    """The language of the message ids: nothing to look up, but nothing and one and a half are singular."""

    def gettext(self, message: str) -> str:
        """Return the words of a message as they are printed."""
        return typeset(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form of a number: "0 projet", "1 projet", "2 projets"."""
        return typeset(msgid1 if abs(n) < 2 else msgid2)

    ugettext, ungettext = gettext, ngettext  # what flask_babel and Jinja call


class Words(Domain):  # type: ignore[misc]  # flask_babel has no types
    """Where words are looked up: the catalogue of a language, none for French."""

    _french = French()

    def get_translations(self) -> NullTranslations:
        """Return the words of the language of this answer, or mail."""
        locale = get_locale()
        return self._french if locale is not None and locale.language == "fr" else super().get_translations()


@dataclass(frozen=True)
class Alternate:
    """Where this page is in a language; "x-default": where it speaks the reader's."""

    language: str
    href: str


def install(app: Flask) -> None:
    """Translate every answer."""
    Babel(app, locale_selector=chosen_locale).domain_instance = Words()


def chosen_locale() -> str:
    """Return the language: the address's, else this device's choice, the account's, the browser's, else French."""
    best = request.accept_languages.best_match(LOCALES, default="fr")
    return next(one for one in (_asked(), session.get(KEPT), _of_account(), best) if one in LOCALES)


def alternates(site_url: str) -> list[Alternate]:
    """Return where this page is in each language; none for a page that is not for everybody. site_url: SITE_URL."""
    if not _for_everybody():
        return []
    others = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
    here = site_url + quote(request.path)
    fixed = [Alternate(one, f"{here}?{urlencode([*others, (PARAMETER, one)])}") for one in LOCALES]
    return [*fixed, Alternate("x-default", f"{here}?{urlencode(others)}" if others else here)]


def without_language(target: str) -> str:
    """Return an address of this site that speaks the reader's language, all else kept as it is."""
    page, _, query = target.partition("?")
    kept = "&".join(part for part in query.split("&") if part and part.partition("=")[0] != PARAMETER)
    return f"{page}?{kept}" if kept else page


def _asked() -> str | None:
    return request.args.get(PARAMETER) if _for_everybody() else None


def _for_everybody() -> bool:
    if request.method not in {"GET", "HEAD"} or request.endpoint is None:
        return False
    return access.mark_of(request.endpoint) == "public"


def _of_account() -> str | None:
    """Return the language of the account; nobody is looked up where nobody is signed in."""
    person = visitor() if "_user_id" in session else None
    return person.locale if person is not None else None
