"""Pages that are the same for many readers, made once and given to each.

Such a page is made while nobody is signed in: of its readers it knows what `Neighbour` says, no more. Where something
is a reader's own, the page has a hole: their name, the token of a form, one part that is written for them alone. Holes
are filled for each answer, and nothing of that is kept.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from flask import Response, g, make_response, request
from flask import session as cookie
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from marketplace.web.context import Me, runtime, visitor

# What stands in a hole; nobody outside this process knows it, so nothing written by people can hold it.
_MARK = secrets.token_hex(16)
_TOKEN, _NAME, _INITIALS, _OWN = (f"{_MARK}{letter}" for letter in "tnio")


@dataclass(frozen=True)
class Neighbour:
    """All that a page for many knows of a reader who is signed in: what it has in common with their neighbours."""

    commune_code: str | None
    commune_label: str | None
    level: int
    is_administrator: bool
    display_name = _NAME
    initials = _INITIALS


@dataclass(frozen=True)
class _Made:
    """A page with its holes, as it is sent. begins: before the first; rest: each hole and what follows; tag: ETag."""

    begins: bytes
    rest: tuple[tuple[str, bytes], ...]
    holes: frozenset[str]
    tag: str

    def filled(self, values: Mapping[str, Callable[[], str]]) -> bytes:
        """Return the page of one reader. values: by hole; each is asked for once, where the page has it."""
        known = {hole: values[hole]().encode() for hole in self.holes}
        return b"".join([self.begins, *(part for hole, text in self.rest for part in (known[hole], text))])


def csrf_token() -> str:
    """Return the reader's token, or the hole for one in a page for many. For templates."""
    return _TOKEN if "shown_to" in g else generate_csrf()


def own_part() -> Markup:
    """Return the hole for the part that is written for each reader. For templates of pages that have one."""
    return Markup(_OWN)  # noqa: S704 - ours


def shown_to() -> Me | Neighbour | None:
    """Return who a page is for, as its template may know them."""
    return g.shown_to if "shown_to" in g else visitor()


def page(
    make: Callable[[Neighbour | None], str],
    *,
    names: AbstractSet[str],
    about: str | None,
    own: Callable[[], str] = str,
    kept: bool = True,
) -> Response:
    """Answer with a page, one that is kept where that is right.

    make: renders it for a neighbour, or a stranger; may only look at that, the address, the language and ``about``.
    names: of what the address may ask; with anything else in it, or a message that waits for this reader, the page is
    made anew and not kept. about: what else it depends on. own: writes the part that is this reader's.
    """
    person = visitor()
    reader = None
    if person is not None:
        reader = Neighbour(
            person.commune_code, person.commune_label, person.level, is_administrator=person.is_administrator
        )
    kept = kept and "_flashes" not in cookie and request.args.keys() <= names
    key = (request.full_path, reader, about, str(get_locale()))
    made = runtime().memory.get(key, lambda: _made(make, reader)) if kept else _made(make, reader)
    values: dict[str, Callable[[], str]] = {_TOKEN: generate_csrf, _OWN: own}
    if person is not None:
        values |= {_NAME: lambda: str(escape(person.display_name)), _INITIALS: lambda: str(escape(person.initials))}
    if not kept or person is not None:
        return make_response(made.filled(values))
    return _revalidated(made, values)


def _revalidated(made: _Made, values: Mapping[str, Callable[[], str]]) -> Response:
    """Answer a stranger, whose browser may have the page already."""
    tag = made.tag
    if _TOKEN in made.holes:
        # A page the browser kept holds the token of the session it was made in: after another one it is not this page.
        if "csrf_token" not in cookie:
            generate_csrf()
        tag = f"{tag}-{hashlib.sha256(str(cookie['csrf_token']).encode()).hexdigest()[:16]}"
    response = Response(status=304) if tag in request.if_none_match else make_response(made.filled(values))
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Cookie", "Accept-Language"))
    return response


def _made(make: Callable[[Neighbour | None], str], reader: Neighbour | None) -> _Made:
    person, g.visitor, g.shown_to = visitor(), None, reader
    try:
        body = make(reader)
    finally:
        g.visitor = person
        del g.shown_to
    begins, *others = body.split(_MARK)
    rest = tuple((f"{_MARK}{part[0]}", part[1:].encode()) for part in others)
    # The holes are not the same in every process; the page is.
    tag = hashlib.sha256("".join((begins, *others)).encode()).hexdigest()[:32]
    return _Made(begins.encode(), rest, frozenset(hole for hole, _text in rest), tag)
