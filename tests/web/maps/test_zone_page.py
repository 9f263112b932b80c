"""GET /proposer/zone: the zone of a ready-made rule, for anybody."""

import gzip
from xml.etree import ElementTree as ET

import pytest

ALONE = {"HX-Request": "true"}


def drawing(answer):
    """Parse the map of an answer as XML."""
    text = answer.text
    return ET.fromstring(text[text.index('<svg class="map"') : text.index("</svg>") + 6])


@pytest.mark.parametrize(
    ("commune", "preset", "communes"),
    [
        ("86194", "epci", "40"),
        ("86194", "departement_and_bordering", "1760"),
        ("75056", "epci", "1"),
        ("93063", "epci", "9"),
        ("97302", "departement_and_bordering", "22"),
        ("29155", "epci", "77"),
        ("69381", "epci", "58"),
    ],
)
def test_it_draws_the_zone_of_a_rule(client, commune, preset, communes):
    answer = client.get("/proposer/zone", query_string={"commune": commune, "preset": preset}, headers=ALONE)

    svg = drawing(answer)
    assert svg.get("data-communes") == communes
    assert svg.get("role") == "img"
    assert svg.get("aria-label").startswith("Carte")
    assert all("style" not in one.attrib for one in svg.iter())
    assert len(gzip.compress(answer.data)) < 12_000


def test_a_name_is_understood_as_the_form_takes_it(client):
    by_name = client.get("/proposer/zone?commune=Poitiers+(Vienne)&rule_preset=epci", headers=ALONE)
    by_code = client.get("/proposer/zone?commune=86194&preset=epci", headers=ALONE)

    assert by_name.data == by_code.data
    assert b"40 communes" in by_code.data


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"commune": ""},
        {"commune": "99999"},
        {"commune": "Sainte-Colombe"},
        {"commune": "../../etc/passwd"},
        {"commune": "86194\0", "preset": "\0"},
        {"commune": "'; DROP TABLE territory; --"},
        {"commune": "é" * 5_000},
        {"commune": "86194", "preset": "../../x"},
        {"commune": ["86194", "79191"], "preset": ["x", "epci"]},
        {"commune": "98818", "preset": "departement_and_bordering"},
        {"commune": "97501"},
    ],
)
@pytest.mark.parametrize("headers", [{}, ALONE])
def test_anything_may_be_asked(client, query, headers):
    answer = client.get("/proposer/zone", query_string=query, headers=headers)

    assert answer.status_code == 200
    assert "DROP TABLE" not in answer.text or "&#39;; DROP TABLE" in answer.text


def test_communes_without_outlines_are_said_in_words(client):
    answer = client.get("/proposer/zone?commune=98818&preset=epci", headers=ALONE)

    assert "<svg" not in answer.text
    assert "Nous n’avons pas de carte de ces communes" in answer.text


def test_a_fragment_may_be_kept_by_anybody_and_is_compared_by_its_tag(client):
    answer = client.get("/proposer/zone?commune=86194", headers=ALONE)
    tag = answer.headers["ETag"]

    again = client.get("/proposer/zone?commune=86194", headers={**ALONE, "If-None-Match": tag})
    other = client.get("/proposer/zone?commune=86194&preset=departement_and_bordering", headers=ALONE)

    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert "HX-Request" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]
    assert other.headers["ETag"] != tag


def test_a_page_is_nobody_elses(client):
    answer = client.get("/proposer/zone?commune=86194")

    assert "public" not in answer.headers["Cache-Control"]
    assert "<h1>Qui pourrait participer à un projet à Poitiers" in answer.text
    assert 'aria-current="true"' in answer.text


def test_a_tag_of_a_fragment_is_not_one_of_a_page(client):
    tag = client.get("/proposer/zone?commune=86194", headers=ALONE).headers["ETag"]

    assert client.get("/proposer/zone?commune=86194", headers={"If-None-Match": tag}).status_code == 200
