"""Static files: our own and those of `static/vendor/`, under names that carry their content, compressed once.

`install` builds ``var/static`` from ``static`` (idempotent: a name is its content) and serves it through WhiteNoise
with immutable caching. Nothing here needs `static/vendor/`: without it fonts fall back and icons are absent.
"""

import gzip
import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from flask import Flask
from whitenoise import WhiteNoise

from marketplace.web.headers import FILE_POLICY, FIXED
from marketplace.web.icons import ICONS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "static"
BUNDLES: Mapping[str, tuple[str, ...]] = {
    "css/mitoyen.css": ("tokens", "base", "layout", "forms", "parts", "campaign", "maps", "print"),
    # Of the pages that ask for it, beside the first.
    "css/desk.css": ("desk",),
}
PUBLISHED = ("img", "js", "vendor")  # `geo` is read by the server only
SPRITE = "vendor/icons.svg"
# Without the first the second has nothing to mend: pages then carry no script at all.
SCRIPTS = ("vendor/htmx.js", "js/live.js")
FONTS = ("vendor/figtree.woff2", "vendor/bricolage.woff2")
_TEXT = {".css", ".js", ".svg", ".json", ".txt", ".geojson", ".topojson"}
_FACE = re.compile(r"@font-face\s*\{[^}]*?url\(\"?\.\./([^\")]+)\"?\)[^}]*\}")


class Assets:
    """Where each static file stands: logical name → immutable URL path."""

    def __init__(self, source: Path, built: Path) -> None:
        self.built = built
        self.urls: dict[str, str] = {}
        for folder in PUBLISHED:
            for path in sorted((source / folder).rglob("*")):
                if path.is_file():
                    self._add(path.relative_to(source).as_posix(), path.read_bytes())
        for name, sheets in BUNDLES.items():
            text = "\n".join((source / "css" / f"{sheet}.css").read_text("utf-8") for sheet in sheets)
            self._add(name, self._stylesheet(text).encode())

    def url(self, name: str) -> str:
        """Return the URL path of a file of `static/`, for example "css/mitoyen.css".

        Raises KeyError: there is no such file.
        """
        return self.urls[name]

    def icon(self, name: str) -> str:
        """Return the address of an icon in the sprite, empty when the sprite was not built.

        Raises KeyError: the icon is not listed in `icons.ICONS`.
        """
        if name not in ICONS:
            raise KeyError(name)
        return f"{self.urls[SPRITE]}#{name}" if SPRITE in self.urls else ""

    def fonts(self) -> list[str]:
        """Return the addresses of the fonts that every page needs, for preloading."""
        return [self.urls[name] for name in FONTS if name in self.urls]

    def live_scripts(self) -> list[str]:
        """Return the addresses of the scripts that improve some pages, none when htmx was not installed."""
        return [self.urls[name] for name in SCRIPTS] if SCRIPTS[0] in self.urls else []

    def _add(self, name: str, content: bytes) -> None:
        stem, suffix = os.path.splitext(name)  # noqa: PTH122  # a name, not a path of this machine
        hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}{suffix}"
        self.urls[name] = f"/static/{hashed}"
        target = self.built / hashed
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if suffix in _TEXT:
            _write(target.with_name(f"{target.name}.br"), brotli.compress(content))
            _write(target.with_name(f"{target.name}.gz"), gzip.compress(content, mtime=0))
        _write(target, content)

    def _stylesheet(self, text: str) -> str:
        """Point font faces at their hashed files, leave out those that are absent, squeeze the rest."""

        def face(found: re.Match[str]) -> str:
            name = found[1]
            return found[0].replace(f"../{name}", self.urls[name]) if name in self.urls else ""

        return squeeze(_FACE.sub(face, text))


def squeeze(css: str) -> str:
    """Return a style sheet without comments and without the spaces that no rule needs."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,]) ?", r"\1", css)
    return re.sub(r": ", ":", css).replace(";}", "}").strip()


def _write(target: Path, content: bytes) -> None:
    """Write a file whole: two servers that start at once never show each other half of one."""
    descriptor, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(target)


def _headers(headers: dict[str, str], _path: str, _url: str) -> None:
    for name, value in FIXED.items():
        headers.setdefault(name, value)
    headers["Content-Security-Policy"] = FILE_POLICY
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def install(app: Flask, *, var: Path | None = None) -> Assets:
    """Build what pages need, serve it in front of the application, and give templates its addresses.

    var: the folder for what is made at run time; by default that of the configuration.
    """
    folder = var or app.extensions["mitoyen"].config.var
    assets = Assets(SOURCE, folder / "static")
    app.extensions["mitoyen_assets"] = assets
    app.jinja_env.globals.update(
        asset=assets.url, icon_href=assets.icon, preloaded_fonts=assets.fonts, live_scripts=assets.live_scripts
    )
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(assets.built),
        prefix="static/",
        max_age=31_536_000,
        allow_all_origins=False,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=_headers,
        autorefresh=False,
    )
    return assets
