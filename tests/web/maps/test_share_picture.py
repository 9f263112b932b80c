"""What other sites show of a campaign: its picture, and what its page says of itself to machines."""

import json
import re
import struct
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
import resvg_py

from marketplace.web.campaigns import pictures
from marketplace.web.campaigns.metadata import data_block
from marketplace.web.campaigns.pictures import Words

NASTY = '</script><script>alert("1")</script> & « l’été »'
WORDS = Words("Rallumer le four", "Ligugé (Vienne)", pictures.PROMISE)


def size_of(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


def head_of(text):
    """Return the properties of a page's head."""
    return dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', text))


def data_of(text):
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    return json.loads(block)["@graph"]


def test_a_campaign_has_a_picture_of_the_size_that_sites_expect(client, make):
    campaign = make.campaign()

    answer = client.get(f"/collectes/{campaign.id}/image.png")

    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert size_of(answer.data) == (1200, 630)
    assert 10_000 < len(answer.data) < 150_000


def test_the_picture_may_be_kept_by_anybody(client, make):
    campaign = make.campaign()

    answer = client.get(f"/collectes/{campaign.id}/image.png")
    again = client.get(f"/collectes/{campaign.id}/image.png", headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert "Set-Cookie" not in answer.headers
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]


@pytest.mark.parametrize("state", ["draft", "submitted", "changes_requested", "refused"])
def test_an_unpublished_campaign_has_none(client, make, state):
    campaign = make.campaign(state=state)

    assert client.get(f"/collectes/{campaign.id}/image.png").status_code == 404


def test_what_is_no_campaign_has_none(client):
    assert client.get(f"/collectes/{uuid4()}/image.png").status_code == 404
    assert client.get("/collectes/../image.png").status_code == 404


def test_the_same_words_give_the_same_picture_drawn_once():
    assert pictures.png("alimentation", WORDS) is pictures.png("alimentation", WORDS)
    assert pictures.tag("alimentation", WORDS) == pictures.tag("alimentation", WORDS)
    assert pictures.tag("energie", WORDS) != pictures.tag("alimentation", WORDS)
    assert pictures.tag("alimentation", Words("Autre", WORDS.place, WORDS.promise)) != pictures.tag(
        "alimentation", WORDS
    )
    assert pictures.png.cache_info().maxsize <= 64


@pytest.mark.parametrize(
    "title",
    [
        "",
        "x",
        "😀🥖",
        NASTY,
        "\x00\x0b\u202e",
        "Łódź – œuvre",
        "anticonstitutionnellement" * 4,
        "mot " * 40,
        "日本語のタイトル",
    ],
)
def test_any_title_makes_a_drawing_that_parses_and_stays_on_its_side(title):
    words = Words(title, "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson (Marne)", pictures.PROMISE)

    drawing = ET.fromstring(pictures.svg("inconnu", words))

    texts = [one for one in drawing.iter() if one.tag.endswith("text")]
    for one in texts:
        family, size = one.get("font-family"), int(one.get("font-size"))
        wide = pictures._width(one.text or "", family) * size / 1000
        assert int(one.get("x")) + wide <= pictures._BAND, one.text
        assert int(one.get("y")) < pictures.HEIGHT
    feet = [int(one.get("y")) for one in texts]
    assert len(feet) == len(set(feet)), "two lines on one another"
    assert size_of(pictures.png("inconnu", words)) == (1200, 630)


def test_letters_come_from_our_own_fonts_only():
    drawing = pictures.svg("alimentation", WORDS)

    without = resvg_py.svg_to_bytes(svg_string=drawing, width=1200, height=630, skip_system_fonts=True)

    assert (pictures.SOURCE / "vendor" / "letters.json").is_file(), "run make: tools/vendor.py writes the fonts"
    assert set(re.findall(r'font-family="([^"]+)"', drawing)) == {pictures.TITLE, pictures.TEXT}
    assert len(pictures.png("alimentation", WORDS)) > len(without) + 5_000, "no letter was drawn"


def test_without_the_fonts_there_is_a_picture_all_the_same(monkeypatch, tmp_path):
    monkeypatch.setattr(pictures, "SOURCE", tmp_path)
    pictures._widths.cache_clear()
    pictures.png.cache_clear()
    try:
        assert size_of(pictures.png("alimentation", WORDS)) == (1200, 630)
        assert "<text" not in pictures.svg("alimentation", WORDS)
    finally:
        pictures._widths.cache_clear()
        pictures.png.cache_clear()


def test_long_texts_break_after_spaces_and_hyphens():
    lines = pictures.lines("Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson (Marne)", pictures.TEXT, 30, 448)

    assert len(lines) == 2
    assert lines[0].endswith("-")
    assert "".join(lines) == "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson (Marne)"
    assert pictures.lines("un mot", pictures.TITLE, 10, 1_000) == ["un mot"]


def test_letters_that_the_fonts_lack_lose_their_accent_or_go():
    text = pictures.readable("ě 😀 œuvre\0 日本 à")

    assert set(text) <= set(pictures._widths()[pictures.TITLE])
    assert text.startswith("e")
    assert text.endswith("œuvre  à")


def test_a_page_says_what_to_show_beside_a_link_to_it(client, make):
    campaign = make.campaign(title="Un four à bois & « du pain »", summary='Un "four" pour <tous>.')

    head = head_of(client.get(f"/collectes/{campaign.id}").text)

    address = f"http://localhost/collectes/{campaign.id}"
    assert head["og:url"] == address
    assert head["og:image"] == f"{address}/image.png"
    assert (head["og:image:width"], head["og:image:height"]) == ("1200", "630")
    assert head["og:title"] == "Un four à bois &amp; « du pain »"
    assert head["og:description"] == head["description"] == "Un &#34;four&#34; pour &lt;tous&gt;."
    assert head["og:locale"] == "fr_FR"
    assert head["twitter:card"] == "summary_large_image"


@pytest.mark.parametrize(
    ("query", "canonical", "locale"),
    [
        ("", "", "fr_FR"),
        ("?utm_source=x", "", "fr_FR"),
        ("?lang=en", "?lang=en", "en_GB"),
        ("?lang=xx&a=1", "", "fr_FR"),
    ],
)
def test_a_page_has_one_address_in_each_language(client, make, query, canonical, locale):
    campaign = make.campaign()

    text = client.get(f"/collectes/{campaign.id}{query}").text

    assert f'<link rel="canonical" href="http://localhost/collectes/{campaign.id}{canonical}">' in text
    assert head_of(text)["og:locale"] == locale


def test_a_page_holds_its_project_and_its_path_as_linked_data(client, make):
    campaign = make.campaign(title="Un four à bois", name="Le fournil", summary=NASTY)

    project, crumbs = data_of(client.get(f"/collectes/{campaign.id}").text)

    assert (project["@type"], project["name"], project["alternateName"]) == ("Project", "Le fournil", "Un four à bois")
    assert project["description"] == NASTY
    assert project["location"]["address"]["addressLocality"] == "Poitiers"
    assert campaign.owner.display_name not in json.dumps(project, ensure_ascii=False)
    assert [step["position"] for step in crumbs["itemListElement"]] == [1, 2]
    assert crumbs["itemListElement"][1]["item"] == f"http://localhost/collectes/{campaign.id}"


def test_linked_data_cannot_leave_its_element():
    block = data_block([{"name": f"{NASTY}\u2028]]><!--"}])

    assert re.findall(r"<[^>]*>", block) == ['<script type="application/ld+json">', "</script>"]
    assert data_of(block)[0]["name"] == f"{NASTY}\u2028]]><!--"
