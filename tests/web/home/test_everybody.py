"""A kept page is given to many: nothing of one reader reaches another, and nothing in it is wrong for long."""

import re
from dataclasses import replace

import pytest

from marketplace.core.memory import Memory
from tests.factories import BUXEROLLES, CHAUVIGNY, NIORT, POITIERS
from tests.web.pages import Reader, by_class, parse, text_of

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PATHS = ("/", "/communes/86194", "/?nature=gift", "/communes/86194?secteur=alimentation&tri=fin")


@pytest.fixture
def memory(app) -> Memory:
    """Let pages be kept, for as long as the test lasts."""
    kept = Memory(3_600)
    app.extensions["mitoyen"] = replace(app.extensions["mitoyen"], memory=kept)
    return kept


@pytest.fixture
def somebody(another_client, csrf):
    """One more browser of nobody in particular."""
    return lambda: Reader(another_client(), csrf)


def words(answer):
    return TOKEN.sub("", answer.text)


def titles(answer):
    return {text_of(name) for name in by_class(parse(answer), "name")}


def test_a_kept_page_is_the_page_and_each_reader_gets_a_token_of_their_own(make, memory, somebody, statements):
    make.campaign()
    fresh = {path: words(somebody().get(path)) for path in PATHS}

    first, second = somebody(), somebody()
    for path in PATHS:
        with statements() as seen:
            mine, theirs = first.get(path), second.get(path)
        assert seen == []
        assert words(mine) == words(theirs) == fresh[path]
        assert mine.headers["Cache-Control"] == "private, no-cache"
        assert {"Cookie", "Accept-Language"} <= set(mine.vary)
        tokens = {answer_token for answer in (mine, theirs) for answer_token in TOKEN.findall(answer.text)}
        assert len(tokens) == 2


def test_the_token_of_a_kept_page_is_accepted_from_its_reader_and_from_nobody_else(make, memory, somebody, app):
    somebody().get("/")
    first, second = somebody(), somebody()
    token = TOKEN.search(first.get("/").text)[1]
    second.get("/")

    theirs = second.client.post("/ma-commune", data={"csrf_token": token, "commune": "Poitiers"})
    mine = first.client.post("/ma-commune", data={"csrf_token": token, "commune": "Poitiers"})

    assert theirs.status_code == 400
    assert mine.status_code == 303


def test_somebody_signed_in_gets_no_kept_page_and_leaves_none(make, memory, somebody, reader_of):
    make.campaign(commune=POITIERS)
    claire = reader_of(make.account(commune=POITIERS, name="Claire Unique"))

    for path in PATHS:
        hers = claire.get(path)
        assert "Claire Unique" in hers.text
        assert hers.headers["Cache-Control"] == "no-store"
        assert "ETag" not in hers.headers
        nobody = somebody().get(path)
        assert "Claire Unique" not in nobody.text
        assert "Claire Unique" in claire.get(path).text
    assert not any("Claire Unique" in repr(kept) for kept in memory._kept.values())


def test_a_commune_typed_on_one_device_is_not_told_to_another(make, memory, somebody):
    make.campaign(commune=POITIERS, title="À Poitiers")
    make.campaign(commune=NIORT, title="À Niort")

    poitevin, niortais, nobody = somebody().from_("Poitiers"), somebody().from_("Niort"), somebody()

    for _ in range(2):
        assert "<title>Près de Poitiers" in poitevin.get("/").text
        assert "<title>Près de Niort" in niortais.get("/").text
        assert "<title>L’épargne d’à côté" in nobody.get("/").text


def test_languages_are_kept_apart(make, memory, somebody):
    make.campaign()
    english, french = somebody(), somebody()

    for _ in range(2):
        assert '<html lang="en">' in english.get("/", headers={"Accept-Language": "en"}).text
        assert '<html lang="fr">' in french.get("/", headers={"Accept-Language": "fr"}).text
        assert '<html lang="en">' in french.get("/?lang=en").text


def test_a_message_for_one_reader_is_shown_to_them_alone(make, memory, somebody):
    somebody().get("/")
    told = somebody()
    told.get("/mes-engagements")  # "Sign in to go on" waits for the next page

    assert "Connectez-vous pour continuer" in told.get("/").text
    assert "Connectez-vous pour continuer" not in somebody().get("/").text


def test_an_address_that_says_more_is_not_kept(make, memory, somebody):
    before = len(memory)
    answer = somebody().get("/?utm_source=courriel")

    assert answer.headers["Cache-Control"] == "no-store"
    assert len([key for key in memory._kept if "utm" in str(key)]) == 0
    assert before <= len(memory)


def test_a_browser_that_has_the_page_is_told_so(make, memory, somebody):
    make.campaign()
    reader = somebody()
    tag = reader.get("/communes/86194").headers["ETag"]

    again = reader.get("/communes/86194", headers={"If-None-Match": tag})
    other = somebody()
    other.get("/communes/86194")
    not_theirs = other.get("/communes/86194", headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    # It holds the token of another session: their form would be refused.
    assert not_theirs.status_code == 200


def test_a_page_that_changed_has_another_tag(make, memory, somebody):
    make.campaign(title="Le premier")
    reader = somebody()
    tag = reader.get("/communes/86194").headers["ETag"]
    make.campaign(title="Le second")
    memory._kept.clear()

    answer = reader.get("/communes/86194", headers={"If-None-Match": tag})

    assert titles(answer) == {"Le premier", "Le second"}
    assert answer.headers["ETag"] != tag


@pytest.mark.parametrize("path", ["/communes/86194", "/communes/86194?secteur=alimentation&nature=gift"])
def test_a_list_made_anew_costs_five_statements(make, memory, somebody, statements, path):
    """The moment, the figures of the filters, the campaigns, their words, their sums; places are remembered."""
    for commune in (POITIERS, BUXEROLLES, CHAUVIGNY):
        make.campaign(commune=commune)
    somebody().get(path)
    for key in [key for key in memory._kept if str(key).startswith("('/")]:
        del memory._kept[key]

    with statements() as seen:
        somebody().get(path)

    assert len(seen) <= 5, seen


def test_the_list_of_somebody_signed_in_costs_ten(make, memory, reader_of, statements):
    """The same five; two to know who is there; three for what stands beside the list."""
    claire = make.account(commune=POITIERS)
    for commune in (POITIERS, BUXEROLLES, CHAUVIGNY):
        make.pledge(campaign=make.campaign(commune=commune), backer=claire, amount=20)
    reader = reader_of(claire)
    reader.page("/")

    with statements() as seen:
        reader.page("/")

    assert len(seen) <= 10, seen
