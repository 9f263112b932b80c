from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from marketplace.core.money import Money
from marketplace.web import filters
from marketplace.web.filters import NBSP


@pytest.fixture(scope="module", autouse=True)
def french():
    app = Flask(__name__)
    Babel(app, default_locale="fr")
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("cents", "written"),
    [
        (5_000, "50 €"),
        (1_250, "12,50 €"),
        (1_205, "12,05 €"),
        (123_450, "1 234,50 €"),
        (123_456_700, "1 234 567 €"),
        (0, "0 €"),
        (1, "0,01 €"),
        (-250, "−2,50 €"),
    ],
)
def test_money_is_written_as_in_france(cents, written):
    assert filters.money(cents) == written.replace(" ", NBSP)
    assert filters.money(Money(cents)) == filters.money(cents)


@pytest.mark.parametrize(("cents", "written"), [(5_000, "€50"), (123_450, "€1,234.50"), (-250, "−€2.50")])
def test_money_is_written_in_english_for_an_english_page(cents, written):
    with force_locale("en"):
        assert filters.money(cents) == written


def test_days_and_times_are_those_of_paris():
    summer = datetime(2026, 7, 31, 22, 30, tzinfo=UTC)

    assert filters.day(summer) == f"1er{NBSP}août 2026"
    assert filters.hour(summer) == f"0{NBSP}h{NBSP}30"
    assert filters.day(date(2026, 11, 23)) == f"23{NBSP}novembre 2026"
    assert filters.instant(datetime(2026, 11, 23, 8, 0, tzinfo=UTC)) == f"23{NBSP}novembre 2026 à 9{NBSP}h"


def test_an_exclusive_end_is_written_as_the_minute_before():
    midnight_in_paris = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)

    assert filters.last_minute(midnight_in_paris) == f"23{NBSP}novembre 2026 à 23{NBSP}h{NBSP}59"
    assert filters.last_day(midnight_in_paris) == f"23{NBSP}novembre 2026"


def test_a_date_in_english():
    with force_locale("en"):
        assert filters.day(date(2026, 12, 1)) == "1 December 2026"
        assert filters.hour(datetime(2026, 12, 1, 8, 5, tzinfo=UTC)) == "09:05"


def test_an_afternoon_and_an_end_in_english():
    with force_locale("en"):
        assert filters.hour(datetime(2026, 7, 31, 22, 30, tzinfo=UTC)) == "00:30"
        assert filters.day(datetime(2026, 7, 31, 22, 30, tzinfo=UTC)) == "1 August 2026"
        assert filters.last_day(datetime(2026, 11, 23, 23, 0, tzinfo=UTC)) == "23 November 2026"


def test_figures_in_english():
    with force_locale("en"):
        assert filters.count(68_952_941) == "68,952,941"
        assert filters.money(123_456_705) == "€1,234,567.05"
        assert filters.percent(67) == "67%"
        assert filters.percent_of(99_999, 100_000) == "99%"
        assert filters.km(1_234.4) == f"1,234{NBSP}km"


@dataclass(frozen=True)
class Town:
    name: str = "Le Havre"
    of_name: str = "du Havre"


def test_a_place_after_of():
    assert filters.of_place(Town()) == "du Havre"
    with force_locale("en"):
        assert filters.of_place(Town()) == "of Le Havre"


def test_what_people_wrote_is_marked_on_a_page_in_english_only():
    assert filters.french("Du pain & du vin") == "Du pain & du vin"
    assert filters.lang_fr() == ""
    with force_locale("en"):
        assert filters.french("Du pain & du vin") == '<span lang="fr">Du pain &amp; du vin</span>'
        assert filters.french("") == ""
        assert filters.lang_fr() == ' lang="fr"'


def test_distances_counts_and_shares():
    assert filters.km(6.6) == f"7{NBSP}km"
    assert filters.km(0.4) == f"moins de 1{NBSP}km"
    assert filters.count(68_952_941) == f"68{NBSP}952{NBSP}941"
    assert filters.percent(67) == f"67{NBSP}%"


def test_a_share_is_never_rounded_up_to_the_goal():
    assert filters.percent_of(99_999, 100_000) == f"99{NBSP}%"
    assert filters.percent_of(150, 100) == f"150{NBSP}%"
    assert filters.percent_of(5, 0) == f"0{NBSP}%"


def test_the_words_of_a_countdown():
    assert filters.days(1) == "1 jour"
    assert filters.days(12) == "12 jours"
    assert filters.days(0) == "dernier jour"
    assert filters.days_left(3) == "Plus que 3 jours"
    assert filters.days_left(0) == "Dernier jour"


def test_the_number_of_neighbours():
    assert filters.neighbours(0) == "aucun voisin"
    assert filters.neighbours(1) == "1 voisin"
    assert filters.neighbours(1_284) == f"1{NBSP}284 voisins"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Claire Morin", "CM"), ("nadia", "N"), ("Jean-Paul de la Tour", "JT"), ("« Le Fournil »", "LF"), ("", "")],
)
def test_initials(name, letters):
    assert filters.initials(name) == letters


def test_the_look_of_flashed_messages():
    assert filters.tone("success") == "ok"
    assert filters.tone_icon("error") == "circle-alert"
    assert filters.tone("message") == "info"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("732829320", "732 829 320"),
        ("73282932000074", "732 829 320 00074"),
        ("W751080001", "W751080001"),
    ],
)
def test_a_number_of_an_organisation_is_written_in_groups(number, written):
    assert filters.siren(number).replace(NBSP, " ") == written


def test_a_constant_of_a_template_is_written_in_the_language_of_each_answer():
    app = Flask(__name__)
    filters.install(app)
    sample = app.jinja_env.from_string("{{ 128400|money }}")

    assert sample.render() == f"1{NBSP}284{NBSP}€"
    with force_locale("en"):
        assert sample.render() == "€1,284"
