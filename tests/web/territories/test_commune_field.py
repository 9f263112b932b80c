import pytest
from flask import render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import InputRequired, Optional

from marketplace.territories.queries import Match, Resolution
from marketplace.web.commune_field import CommuneField

FIELD = '{% from "macros/commune.html" import commune_field with context %}{{ commune_field(form.commune, live=live) }}'


class Home(Form):
    commune = CommuneField("Votre commune", [InputRequired("Saisissez votre commune.")], inhabited=True)


class Anywhere(Form):
    commune = CommuneField("Commune du projet", [Optional()])


@pytest.fixture(autouse=True)
def request_context(site):
    with site.test_request_context():
        yield


def sent(*values, form=Home):
    filled = form(MultiDict([("commune", value) for value in values]))
    return filled, filled.validate()


def shown(form, parsed, *, live=False):
    text = render_template_string(FIELD, form=form, live=live)
    return parsed(text, fragment=True), text


@pytest.mark.parametrize(
    ("typed", "code"),
    [("86000", "86194"), (" Poitiers ", "86194"), ("Poitiers (Vienne)", "86194"), ("Paris 12", "75056")],
)
def test_a_name_or_a_postal_code_becomes_a_code(typed, code):
    form, valid = sent(typed)

    assert valid
    assert form.commune.data == code


def test_nothing_typed_gets_the_sentence_of_its_form():
    form, valid = sent("")

    assert not valid
    assert form.commune.errors == ["Saisissez votre commune."]


def test_nothing_typed_where_nothing_is_asked():
    form, valid = sent("", form=Anywhere)

    assert valid
    assert form.commune.data is None


def test_namesakes_are_offered_and_the_text_is_kept(parsed):
    form, valid = sent("sainte colombe")

    assert not valid
    assert form.commune.data is None
    assert form.commune.errors == ["Plusieurs communes portent ce nom. Choisissez la vôtre."]
    tree, _ = shown(form, parsed)
    inputs = list(tree.iter("input"))
    assert inputs[0].get("value") == "sainte colombe"
    assert inputs[0].get("aria-invalid") == "true"
    assert inputs[0].get("aria-describedby") == "commune-hint commune-error"
    assert len([one for one in inputs if one.get("type") == "radio" and one.get("name") == "commune"]) == 12
    named = {one.get("id") for one in tree.iter() if one.get("id")}
    assert all(set(one.get("aria-describedby", "").split()) <= named for one in inputs)
    assert all(label.get("for") in named for label in tree.iter("label"))


def test_the_one_chosen_is_taken():
    form, valid = sent("sainte colombe", "insee:69189")

    assert valid
    assert form.commune.data == "69189"


@pytest.mark.parametrize("choice", ["insee:86194", "insee:", "insee:\0", "insee:00000"])
def test_a_choice_that_was_not_offered_is_ignored(choice):
    form, valid = sent("sainte colombe", choice)

    assert not valid
    assert form.commune.data is None


def test_a_text_corrected_after_the_choice_wins():
    form, valid = sent("Niort", "insee:69189")

    assert valid
    assert form.commune.data == "79191"


@pytest.mark.parametrize(
    ("typed", "sentence", "choices"),
    [
        ("51300", "Plusieurs communes ont ce code postal. Choisissez la vôtre.", 46),
        ("poiters", "Aucune commune ne porte exactement ce nom. Choisissez la vôtre, ou corrigez votre saisie.", 6),
        (
            "zzzz",
            "Aucune commune ne porte ce nom ni ce code postal. Saisissez par exemple Poitiers ou 86000.",
            0,
        ),
        ("🙂", "Aucune commune ne porte ce nom ni ce code postal. Saisissez par exemple Poitiers ou 86000.", 0),
        ("fleury devant douaumont", "Personne n’habite cette commune. Saisissez celle où vous vivez.", 0),
    ],
)
def test_each_refusal_has_its_sentence(typed, sentence, choices):
    form, valid = sent(typed)

    assert not valid
    assert form.commune.errors == [sentence]
    assert len(form.commune.choices) == choices


def test_a_project_may_stand_where_nobody_lives():
    form, valid = sent("fleury devant douaumont", form=Anywhere)

    assert valid
    assert form.commune.data == "55189"


@pytest.mark.parametrize("typed", ["\0", "a\0b", "é" * 10_000, "\x1b", "<script>alert(1)</script>"])
def test_no_text_breaks_the_page_and_none_is_cut(typed, parsed):
    form, _ = sent(typed)

    tree, text = shown(form, parsed)

    assert "<script>" not in text
    assert next(tree.iter("input")).get("value") == "".join(letter for letter in typed if letter.isprintable())


def test_a_stored_code_is_shown_as_a_name_that_is_read_back():
    form = Home(commune="86194")

    assert form.commune._value() == "Poitiers (Vienne)"
    assert sent(form.commune._value())[0].commune.data == "86194"
    assert Home(commune="00000").commune._value() == ""
    assert Home().commune._value() == ""


def test_while_typing_only_when_asked(parsed):
    _, plain = shown(Home(), parsed)
    _, live = shown(Home(), parsed, live=True)

    assert "hx-" not in plain
    assert 'data-hx-get="/communes?champ=commune"' in live
    assert 'data-hx-target="#commune-choices"' in live


class OneVillage:
    """A directory of one commune."""

    village = Match("99999", "Nulle-Part (Vienne)", "", "commune", "Nulle-Part", "86", "Vienne", (), inhabited=True)

    def resolve(self, text):
        return Resolution(self.village.commune_code, (self.village,), exact=True)

    def label(self, code):
        return self.village.label


def test_a_field_may_look_elsewhere():
    class Elsewhere(Form):
        commune = CommuneField("Commune", directory=OneVillage())

    assert Elsewhere(MultiDict({"commune": "anything"})).commune.data == "99999"
    assert Elsewhere(commune="99999").commune._value() == "Nulle-Part (Vienne)"
