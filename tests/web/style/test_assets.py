import brotli
import pytest

from marketplace.web.assets import BUNDLES, SOURCE, Assets, squeeze

SHEET = "css/mitoyen.css"


@pytest.mark.parametrize(("sheet", "kilobytes"), [(SHEET, 8), ("css/desk.css", 1)])
def test_a_stylesheet_is_immutable_compressed_and_light(look, sheet, kilobytes):
    url = look.extensions["mitoyen_assets"].url(sheet)

    answer = look.test_client().get(url, headers={"Accept-Encoding": "br, gzip"}, buffered=True)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert len(answer.data) <= kilobytes * 1024
    assert b"@layer" in brotli.decompress(answer.data)


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("identity", None)])
def test_a_browser_gets_what_it_can_read(look, accepted, encoding):
    url = look.extensions["mitoyen_assets"].url(SHEET)

    answer = look.test_client().get(url, headers={"Accept-Encoding": accepted}, buffered=True)

    assert answer.headers.get("Content-Encoding") == encoding


def test_the_sheet_asks_nothing_from_elsewhere():
    text = "".join((SOURCE / "css" / f"{name}.css").read_text("utf-8") for name in BUNDLES[SHEET])

    assert "http" not in text
    assert "@import" not in text
    assert {path.stem for path in (SOURCE / "css").glob("*.css")} == {
        sheet for sheets in BUNDLES.values() for sheet in sheets
    }


def test_a_name_follows_the_content_and_nothing_else(tmp_path):
    source = tmp_path / "static"
    (source / "css").mkdir(parents=True)
    for sheet in [sheet for sheets in BUNDLES.values() for sheet in sheets]:
        (source / "css" / f"{sheet}.css").write_text(f"/* {sheet} */ a {{ color: red; }}")

    first = Assets(source, tmp_path / "a").url(SHEET)
    again = Assets(source, tmp_path / "b").url(SHEET)
    (source / "css" / f"{BUNDLES[SHEET][0]}.css").write_text("a { color: blue; }")
    changed = Assets(source, tmp_path / "a").url(SHEET)

    assert first == again
    assert first != changed
    assert len(list((tmp_path / "a" / "css").glob("mitoyen*.css"))) == 2


def test_an_unknown_file_or_icon_is_an_error(look):
    assets = look.extensions["mitoyen_assets"]

    with pytest.raises(KeyError):
        assets.url("css/none.css")
    with pytest.raises(KeyError):
        assets.icon("no-such-icon")


def test_squeezing_keeps_what_separates():
    css = "/* a */\n.a .b > .c + .d,\n.e :is(i, b) { margin: calc(1rem + 2px) 0; color: red; }\n"

    assert squeeze(css) == ".a .b > .c + .d,.e :is(i,b){margin:calc(1rem + 2px) 0;color:red}"


def test_fonts_stay_within_their_budget():
    fonts = [path.stat().st_size for path in (SOURCE / "vendor").glob("*.woff2")]

    assert sum(fonts) <= 65_000
