"""Parts of pages, kept by what they say: whoever is to read the same words gets the same bytes, and nobody others.

The key is all that a part is made from, so nothing can be out of date, and nothing is shared but what is equal.
"""

from collections.abc import Hashable
from functools import lru_cache

from flask import Flask, current_app
from flask_babel import get_locale
from markupsafe import Markup

KEPT = 4_000


def written(template: str, what: Hashable) -> Markup:
    """Return a part of a page. what: a frozen row; the template knows it by this name, the language, and no more."""
    return _written(template, what, str(get_locale()))


@lru_cache(maxsize=KEPT)
def _written(template: str, what: Hashable, _locale: str) -> Markup:
    return Markup(current_app.jinja_env.get_template(template).render(what=what))  # noqa: S704 - escaped by it


def install(app: Flask) -> None:
    """Give `fragment` to every template."""
    app.jinja_env.globals["fragment"] = written
