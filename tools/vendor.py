"""Copy the few front-end files that pages need from node_modules into static/vendor/ (ignored by git).

The two fonts are also kept in one weight each, uncompressed, for the pictures that the server draws
(`marketplace/web/campaigns/pictures.py`).

Run after `npm ci`, from anywhere: ``python tools/vendor.py``. Fonts, htmx and one sprite of exactly the icons listed
in `marketplace/web/icons.py`, with their licences. `marketplace/web/assets.py` gives them hashed names and compresses
them.
"""

import json
import re
import shutil
import sys
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from marketplace.web.icons import ICONS  # noqa: E402  # the path above comes first

MODULES = ROOT / "node_modules"
TARGET = ROOT / "static" / "vendor"
FILES = {
    "figtree.woff2": "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2",
    "figtree-LICENSE.txt": "@fontsource-variable/figtree/LICENSE",
    "bricolage.woff2": "@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2",
    "bricolage-LICENSE.txt": "@fontsource-variable/bricolage-grotesque/LICENSE",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "htmx-LICENSE.txt": "htmx.org/LICENSE",
    "icons-LICENSE.txt": "lucide-static/LICENSE",
}
# Name under which a picture asks for a font → the file, its weight.
LETTERS = {"Mitoyen Titre": ("bricolage.woff2", 700), "Mitoyen Texte": ("figtree.woff2", 600)}
# The numbers of a family's name and of the full name in a font's table of names.
_FAMILY, _FULL_NAME = 1, 4
_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def symbol(name: str) -> str:
    """Return one icon as a symbol of the sprite."""
    text = (MODULES / "lucide-static" / "icons" / f"{name}.svg").read_text("utf-8")
    inside = _INSIDE.search(text)
    if inside is None:
        raise ValueError(name)
    drawing = re.sub(r"\s+", " ", inside[1]).replace("> <", "><").replace(" />", "/>").strip()
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
    )


def letters(folder: Path) -> None:
    """Write each font of pictures, under a name of ours, and how wide its letters are, in thousandths of their size."""
    widths = {}
    for family, (source, weight) in LETTERS.items():
        font = instancer.instantiateVariableFont(TTFont(folder / source), {"wght": weight})
        for record in font["name"].names:
            if record.nameID in {_FAMILY, _FULL_NAME}:
                record.string = family
        font.flavor = None
        # The same files give the same font, whenever it is made.
        font["head"].modified = font["head"].created
        font.recalcTimestamp = False
        font.save(folder / source.replace("woff2", "ttf"))
        unit = font["head"].unitsPerEm
        widths[family] = {
            chr(code): round(font["hmtx"][name][0] * 1000 / unit) for code, name in sorted(font.getBestCmap().items())
        }
    (folder / "letters.json").write_text(json.dumps(widths, ensure_ascii=False, sort_keys=True), "utf-8")


def main() -> None:
    """Fill static/vendor/ afresh."""
    fresh = TARGET.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, source in FILES.items():
        shutil.copyfile(MODULES / source, fresh / name)
    letters(fresh)
    sprite = "".join(symbol(name) for name in sorted(ICONS))
    (fresh / "icons.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{sprite}</svg>', "utf-8")
    shutil.rmtree(TARGET, ignore_errors=True)
    fresh.rename(TARGET)
    print(f"static/vendor: {len(FILES) + len(LETTERS) + 2} files, {len(ICONS)} icons")


if __name__ == "__main__":
    main()
