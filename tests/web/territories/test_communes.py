import pytest

PUBLIC = "public, max-age=86400"


def _labels(tree):
    return ["".join(label.itertext()) for label in tree.iter("label") if label.get("for") != "q"]


def test_the_page_works_without_a_script(visitor, parsed):
    answer = visitor.get("/communes?q=poit")

    tree = parsed(answer.text)
    field = next(one for one in tree.iter("input") if one.get("name") == "q")
    assert (answer.status_code, field.get("value"), field.get("aria-describedby")) == (200, "poit", "q-hint")
    sent = [one.get("value") for one in tree.iter("input") if one.get("name") == "commune"]
    assert sent[0] == "Poitiers (Vienne)"
    assert len(sent) == 8


def test_the_page_asks_when_nothing_was_typed(visitor, parsed):
    answer = visitor.get("/communes")

    tree = parsed(answer.text)
    assert answer.status_code == 200
    assert not [one for one in tree.iter("input") if one.get("name") == "commune"]
    assert "Aucune commune" not in answer.text


def test_the_page_says_when_there_is_none(visitor, parsed):
    answer = visitor.get("/communes", query_string={"q": "zzzz <b>"})

    parsed(answer.text)
    assert "Aucune commune trouvée pour « zzzz &lt;b&gt; »" in answer.text


def test_the_page_is_nobody_elses(visitor):
    # It shows who is signed in.
    assert "public" not in visitor.get("/communes?q=poit").headers["Cache-Control"]


def test_a_fragment_holds_radio_buttons_for_the_field_that_asks(visitor, parsed):
    answer = visitor.get("/communes?champ=commune&commune=sainte%20colombe", headers={"HX-Request": "true"})

    tree = parsed(answer.text, fragment=True)
    radios = [one for one in tree.iter("input") if one.get("type") == "radio"]
    assert {radio.get("name") for radio in radios} == {"commune"}
    assert radios[0].get("value") == "insee:69189"
    assert _labels(tree)[0] == "Sainte-Colombe (Rhône)"
    described = {one.get("id") for one in tree.iter("p")}
    assert all(radio.get("aria-describedby") in described for radio in radios)
    assert answer.headers["Cache-Control"] == PUBLIC


def test_a_fragment_may_be_empty(visitor, parsed):
    assert visitor.get("/communes?champ=commune&commune=", headers={"HX-Request": "true"}).text.strip() == ""
    nothing = visitor.get("/communes?champ=commune&commune=zzzz", headers={"HX-Request": "true"})
    assert "Aucune commune trouvée" in nothing.text
    parsed(nothing.text, fragment=True)


def test_json(visitor):
    answer = visitor.get("/communes?q=86000", headers={"Accept": "application/json"})

    assert answer.json == {
        "communes": [
            {
                "commune_code": "86194",
                "label": "Poitiers (Vienne)",
                "detail": "86000 · Communauté urbaine du Grand Poitiers",
                "kind": "commune",
                "name": "Poitiers",
                "departement_code": "86",
                "departement_name": "Vienne",
                "postal_codes": ["86000"],
                "inhabited": True,
            }
        ]
    }
    assert answer.headers["Cache-Control"] == PUBLIC


def test_the_same_question_has_the_same_tag(visitor):
    def tag(**query):
        return visitor.get("/communes", query_string=query, headers={"Accept": "application/json"}).headers["ETag"]

    assert tag(q="Saint-Étienne") == tag(q="st etienne ")
    assert tag(q="Saint-Étienne") != tag(q="Saint-Denis")
    assert tag(q="saint") != tag(q="saint", pres="86")


def test_an_answer_that_a_browser_kept_is_not_sent_again(visitor):
    accept = {"Accept": "application/json"}
    tag = visitor.get("/communes?q=poitiers", headers=accept).headers["ETag"]

    again = visitor.get("/communes?q=POITIERS", headers={**accept, "If-None-Match": tag})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    other = visitor.get("/communes?q=POITIERS", headers={"HX-Request": "true", "If-None-Match": tag})
    assert other.status_code == 200


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_an_answer_for_everybody_sets_nobodys_cookie(visitor, headers):
    assert "Set-Cookie" in visitor.get("/communes?q=poitiers").headers  # the page's forms need one

    answer = visitor.get("/communes?q=poitiers", headers=headers)

    assert answer.headers["Cache-Control"] == PUBLIC
    assert "Set-Cookie" not in answer.headers


def test_where_the_person_is_counts(visitor):
    found = visitor.get("/communes?q=sainte%20colombe&pres=33", headers={"Accept": "application/json"})

    assert found.json["communes"][0]["label"] == "Sainte-Colombe (Gironde)"


@pytest.mark.parametrize("typed", ["\0", "é" * 10_000, "🙂", "<script>", "' OR 1=1 --", "%00", "\x1b[31m"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}, {"Accept": "application/json"}])
def test_no_text_breaks_it(visitor, parsed, typed, headers):
    query = {"q": typed, "pres": typed, "champ": typed}
    answer = visitor.get("/communes", query_string=query, headers=headers)

    assert answer.status_code == 200
    if not headers:
        parsed(answer.text)


def test_other_methods_are_refused(visitor):
    assert visitor.post("/communes").status_code == 405
