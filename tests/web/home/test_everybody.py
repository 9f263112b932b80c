"""A kept page is given to many: nothing of one reader reaches another, and nothing in it is wrong for long."""

import re
from dataclasses import fields, replace

import pytest

from marketplace.core.memory import Memory
from marketplace.locality.presets import Options
from marketplace.residency import work
from marketplace.web import everybody
from marketplace.web.context import visitor
from tests.factories import BUXEROLLES, CHAUVIGNY, NIORT, POITIERS
from tests.web.home.test_feed import titles as feed_titles
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


def held(memory):
    """All that is kept, keys and pages and facts, as one text."""
    found = []
    for key, (_until, value) in memory._kept.items():
        parts = (value.begins, *(text for _hole, text in value.rest)) if hasattr(value, "rest") else ()
        found += [repr(key), *(part.decode() for part in parts), "" if parts else repr(value)]
    return "\n".join(found)


def words(answer):
    return TOKEN.sub("", answer.text)


def titles_to_fund(reader):
    """Return what the list offers; what is a little further may be read only."""
    return feed_titles(reader.page("/"))


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


def test_somebody_signed_in_leaves_nothing_of_theirs_in_what_is_kept(make, memory, somebody, reader_of):
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
    assert "Poitiers" in held(memory)
    assert "Claire Unique" not in held(memory)


def test_neighbours_share_a_page_and_nothing_of_one_reaches_another(make, memory, reader_of, statements):
    """Three of one commune and level, each with a name, a pledge and a follow of their own; one of another level."""
    campaign = make.campaign(commune=POITIERS, title="À partager", hard_cap=5_000)
    people = {
        name: make.account(commune=POITIERS, name=name, level=level)
        for name, level in {"Ana & Ux": 1, "Bo Vy": 1, "Cy Wa": 1, "Di Xo": 3}.items()
    }
    for number, person in enumerate(people.values(), start=1):
        make.pledge(campaign=campaign, backer=person, amount=20 + number)
    readers = {name: reader_of(person) for name, person in people.items()}
    shown = {"Ana & Ux": "Ana &amp; Ux", "Bo Vy": "Bo Vy", "Cy Wa": "Cy Wa", "Di Xo": "Di Xo"}
    marks = {name: f">{mark}<" for name, mark in zip(people, ("AU", "BV", "CW", "DX"), strict=True)}
    sums = {name: f"{20 + number}\u00a0€" for number, name in enumerate(people, start=1)}
    assert readers["Bo Vy"].post("/communes/86194/suivre").status_code == 303
    readers["Bo Vy"].get("/")  # takes the message of that

    tokens = set()
    for path in ("/", "/communes/86194", "/?nature=gift"):
        readers["Cy Wa"].get(path)
        for _ in range(2):
            for name, reader in readers.items():
                with statements() as seen:
                    text = reader.get(path).text
                assert name == "Di Xo" or len(seen) <= 3, seen
                assert shown[name] in text
                assert marks[name] in text
                for other in set(people) - {name}:
                    assert shown[other] not in text, (path, name, other)
                    assert marks[other] not in text
                    assert path == "/communes/86194" or sums[other] not in text
                if path == "/communes/86194":
                    assert ("Vous suivez cette commune" in text) == (name == "Bo Vy")
                else:
                    assert sums[name] in text
                tokens |= {(token, name) for token in TOKEN.findall(text)}
    assert len({token for token, _name in tokens}) >= len(people)
    sessions = {token: {name for other, name in tokens if other == token} for token, _name in tokens}
    assert all(len(names) == 1 for names in sessions.values())
    assert "À partager" in held(memory)
    assert not any(word in held(memory) for word in (*people, *shown.values(), *sums.values()))


def test_a_page_for_many_is_made_while_nobody_is_signed_in(app, make, memory, reader_of):
    """Whoever would look at its reader finds nobody, and of them only what they share with their neighbours."""
    claire = reader_of(make.account(commune=POITIERS, level=3, name="Claire Unique"))
    seen = []
    app.jinja_env.globals["preloaded_fonts"] = lambda: seen.append((visitor(), everybody.shown_to())) or ()

    claire.get("/")
    claire.get("/mes-engagements")

    (nobody, neighbour), (herself, shown) = seen
    assert nobody is None
    assert (neighbour.commune_code, neighbour.level, neighbour.is_administrator) == (POITIERS, 3, False)
    assert {field.name for field in fields(neighbour)} == {"commune_code", "commune_label", "level", "is_administrator"}
    assert herself == shown
    assert herself.display_name == "Claire Unique"


def test_who_works_elsewhere_has_a_page_apart_from_their_neighbours(make, memory, reader_of):
    make.campaign(title="Pour qui travaille ici", commune=NIORT, rule_options=Options(workers=True))
    worker, neighbour = make.account(commune=POITIERS), make.account(commune=POITIERS)
    said = {"account_id": worker.id, "commune_code": NIORT, "statement": "J’y travaille.", "now": make.now}
    make.do(lambda session: work.declare(session, **said))
    at_work, at_home = reader_of(worker), reader_of(neighbour)

    for _ in range(2):  # made, then kept
        assert "Pour qui travaille ici" in titles_to_fund(at_work)
        assert titles_to_fund(at_home) == []


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


def forget_pages(memory):
    for key in [key for key in memory._kept if str(key).startswith("('/")]:
        del memory._kept[key]


@pytest.mark.parametrize("path", ["/communes/86194", "/communes/86194?secteur=alimentation&nature=gift"])
def test_a_list_made_anew_costs_four_statements(make, memory, somebody, statements, path):
    """The moment, the figures of the filters, the campaigns, their words and sums; places are remembered."""
    for commune in (POITIERS, BUXEROLLES, CHAUVIGNY):
        make.campaign(commune=commune)
    somebody().get(path)
    forget_pages(memory)

    with statements() as seen:
        somebody().get(path)

    assert len(seen) <= 4, seen


def test_the_list_of_somebody_signed_in_costs_five_made_anew_and_two_kept(make, memory, reader_of, statements):
    """Who they are and the moment; figures, campaigns, words; what they engaged. News and places are remembered."""
    claire = make.account(commune=POITIERS)
    for commune in (POITIERS, BUXEROLLES, CHAUVIGNY):
        make.pledge(campaign=make.campaign(commune=commune), backer=claire, amount=20)
    reader = reader_of(claire)
    reader.page("/")

    with statements() as kept:
        reader.page("/")
    forget_pages(memory)
    with statements() as anew:
        reader.page("/")

    assert len(kept) <= 2, kept
    assert len(anew) <= 5, anew
