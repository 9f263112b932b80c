"""The page that replays Malaunay: three drawings, the same figures in tables, and what is invented said so."""

from marketplace.locality.malaunay import SCENARIOS, replayed
from marketplace.web.legal import malaunay
from tests.trees import parse

PATH = "/regle-locale/malaunay"


def page(client, path=PATH):
    answer = client.get(path)
    assert answer.status_code == 200
    return parse(answer.text)


def text_of(tree):
    return " ".join("".join(tree.itertext()).split()).replace("\u202f", " ").replace("\xa0", " ")


def test_three_rules_are_drawn_and_tabled(client):
    tree = page(client)

    words = text_of(tree)
    assert len([one for one in tree.iter() if one.get("class") == "replayed"]) == 3
    assert len(list(tree.iter("table"))) == 3
    assert "Arrivées synthétiques" in words
    for share in ("21,7 %", "50,0 %", "50,7 %"):
        assert f"À la fin, {share} de l’argent vient de la commune." in words


def test_it_is_reached_from_the_rule_and_from_the_footer(client):
    for path in ("/regle-locale", "/"):
        assert any(link.get("href") == PATH for link in page(client, path).iter("a")), path


def test_it_is_told_in_english_too(client):
    assert "21.7%" in text_of(page(client, f"{PATH}?lang=en"))


def test_the_tables_say_what_the_replay_says():
    found = replayed()

    for drawn in malaunay.drawings():
        last = drawn.moments[-1]
        assert (last.inside_cents, last.inside_cents + last.outside_cents) == (
            found[drawn.name].inside_cents,
            found[drawn.name].total_cents,
        )
        assert [one.inside_cents for one in drawn.moments] == sorted(one.inside_cents for one in drawn.moments)
    assert [drawn.name for drawn in malaunay.drawings()] == list(SCENARIOS)


def test_the_first_afternoon_is_the_one_that_was_told():
    without, reserve, share = (drawn.moments[0] for drawn in malaunay.drawings())

    assert (without.inside_cents, without.outside_cents) == (0, 25_000_00)
    assert (reserve.outside_cents, share.outside_cents) == (25_000_00, 0)
    assert share.waiting == 50


def test_drawings_stay_in_their_field():
    for drawn in malaunay.drawings():
        for path in (drawn.inside, drawn.both):
            spots = [tuple(map(int, spot.split())) for spot in path.strip("Mz").split("L")]
            assert all(malaunay.LEFT <= x <= malaunay.RIGHT and malaunay.TOP <= y <= malaunay.BOTTOM for x, y in spots)
            assert spots[-1][0] == malaunay.RIGHT
