from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import InputRequired, Optional

from marketplace.core.money import Money
from marketplace.web.fields import DateField, MoneyField, TrimmedField, refuse


class Sample(Form):
    amount = MoneyField("Montant", [InputRequired("Saisissez un montant.")])
    end = DateField("Fin", [Optional()])
    name = TrimmedField("Nom")


@pytest.fixture(scope="module", autouse=True)
def french():
    app = Flask(__name__)
    Babel(app, default_locale="fr")
    with app.test_request_context():
        yield


def sent(**values):
    form = Sample(MultiDict(values))
    return form, form.validate()


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("50", 5_000), ("12,50", 1_250), ("12.5", 1_250), (" 1 000 € ", 100_000), ("1\u202f000,00\u00a0€", 100_000)],
)
def test_an_amount_as_people_type_it(typed, cents):
    form, valid = sent(amount=typed)

    assert valid
    assert form.amount.data == Money(cents)


@pytest.mark.parametrize("typed", ["NaN", "1e400", "-5", "12,505", "cent", "Infinity", "١٢", "1,2,3"])
def test_what_is_no_amount_is_refused_and_comes_back_as_typed(typed):
    form, valid = sent(amount=typed)

    assert not valid
    assert form.amount.errors == ["Saisissez un montant en euros, par exemple 50 ou 12,50."]
    assert form.amount.data is None
    assert typed in form.amount()


def test_an_empty_amount_gets_the_sentence_of_its_form():
    form, valid = sent(amount="  ")

    assert not valid
    assert form.amount.errors == ["Saisissez un montant."]


def test_a_stored_amount_is_shown_as_one_would_type_it():
    assert 'value="12,50"' in Sample(amount=Money(1_250)).amount()
    assert 'value="50"' in Sample(amount=Money(5_000)).amount()
    assert 'inputmode="decimal"' in Sample().amount()


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("€50", 5_000),
        ("€ 1,000", 100_000),
        ("1,234.50", 123_450),
        ("1,234,567", 123_456_700),
        ("12.50", 1_250),
        ("12,50", 1_250),  # as in French: two decimals are no thousands
        ("50 €", 5_000),
    ],
)
def test_an_amount_as_people_type_it_in_english(typed, cents):
    with force_locale("en"):
        form, valid = sent(amount=typed)

    assert valid
    assert form.amount.data == Money(cents)


@pytest.mark.parametrize("typed", ["1,00,0", "1,0000", ",500", "€", "€€5", "1.000,50", "1,234,5"])
def test_what_is_no_amount_in_english_is_refused(typed):
    with force_locale("en"):
        _form, valid = sent(amount=typed)

    assert not valid


def test_thousands_in_french_are_no_commas():
    _form, valid = sent(amount="1,000")

    assert not valid


def test_a_stored_amount_is_shown_as_one_would_type_it_in_english():
    with force_locale("en"):
        assert 'value="12.50"' in Sample(amount=Money(1_250)).amount()


@pytest.mark.parametrize("typed", ["31/12/2026", "2026-12-31", "31 12 2026", "31.12.2026", " 31-12-2026 "])
def test_a_day_as_people_type_it(typed):
    form, valid = sent(amount="50", end=typed)

    assert valid
    assert form.end.data == date(2026, 12, 31)


@pytest.mark.parametrize("typed", ["31/02/2026", "12/31/2026", "demain", "31/12/26", "2026-13-01", "0000-01-01"])
def test_what_is_no_day_is_refused_and_comes_back_as_typed(typed):
    form, valid = sent(amount="50", end=typed)

    assert not valid
    assert form.end.errors == ["Saisissez une date, par exemple 31/12/2026."]
    assert typed in form.end()


def test_an_empty_optional_day_is_none():
    form, valid = sent(amount="50", end="")

    assert valid
    assert form.end.data is None
    assert 'value="31/12/2026"' in Sample(end=date(2026, 12, 31)).end()


def test_one_line_of_text_is_trimmed():
    form, _valid = sent(amount="50", name="  Le   Fournil ")

    assert form.name.data == "Le Fournil"


def test_a_refusal_lands_on_its_field_or_on_the_form():
    form, _valid = sent(amount="50")

    refuse(form, "Il ne reste que 20 €.", "amount")
    refuse(form, "La campagne est close.")
    refuse(form, "Ailleurs.", "unknown")

    assert form.amount.errors == ["Il ne reste que 20 €."]
    assert form.form_errors == ["La campagne est close.", "Ailleurs."]
