from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, Form, FormField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from marketplace.web import form_filters


class Sample(Form):
    name = StringField("Nom", [InputRequired("Donnez un nom.")])
    story = TextAreaField("Histoire", [Length(max=10, message="Trop long.")])
    kind = RadioField("Genre", [InputRequired("Choisissez.")], choices=[SelectChoice("a", "A"), SelectChoice("b", "B")])
    zone = SelectField("Zone", choices=[SelectChoice("x", "X")])
    agreed = BooleanField("D'accord")
    lines = FieldList(StringField("Ligne", [InputRequired("Ligne vide.")]), min_entries=1)


def refused():
    form = Sample(MultiDict({"name": "", "story": "x" * 11, "zone": "x", "lines-0": ""}))
    form.validate()
    return form


def test_the_kind_of_each_field():
    form = Sample()

    kinds = {name: form_filters.control(form[name]) for name in ("name", "story", "kind", "zone", "agreed")}

    assert kinds == {"name": "input", "story": "textarea", "kind": "radio", "zone": "select", "agreed": "checkbox"}


def test_problems_point_at_the_first_control_of_each_field():
    form = refused()
    form.form_errors.append("La campagne est close.")

    assert form_filters.problems(form) == [
        ("", "La campagne est close."),
        ("name", "Donnez un nom."),
        ("story", "Trop long."),
        ("kind-0", "Choisissez."),
        ("lines", "Ligne vide."),
    ]


class Line(Form):
    what = StringField("Quoi", [InputRequired("Dites quoi.")])


class Sheet(Form):
    lines = FieldList(FormField(Line), min_entries=2)


def test_problems_of_lines_point_at_their_own_controls():
    form = Sheet(MultiDict({"lines-0-what": "Le four", "lines-1-what": ""}))
    form.validate()
    form.lines.errors.append("Le total ne va pas.")

    assert form_filters.problems(form) == [("lines", "Le total ne va pas."), ("lines-1-what", "Dites quoi.")]


def test_words_are_tied_to_their_control():
    form = refused()

    assert form_filters.aria(form.name, "Un indice") == {
        "aria-describedby": "name-hint name-error",
        "aria-invalid": "true",
    }
    assert form_filters.aria(form.zone) == {}
    assert form_filters.described_by(form.story, None, 10) == "story-error story-count"


def test_the_limit_of_a_text_is_that_of_its_validators():
    form = Sample()

    assert form_filters.max_length(form.story) == 10
    assert form_filters.max_length(form.name) is None
