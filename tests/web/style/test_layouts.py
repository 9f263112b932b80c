import re

import html5lib
import pytest
from flask import render_template, render_template_string
from wtforms import Form, StringField
from wtforms.validators import InputRequired

from marketplace.web import assets
from marketplace.web.fields import MoneyField

CODES = ("400", "403", "404", "405", "413", "422", "429", "500", "503")
PAGE = """{% extends "layouts/form.html" %}{% from "macros/forms.html" import field, money_field with context %}
{% block title %}Montant{% endblock %}{% block content %}
<h1>Montant</h1>{{ field(form.name) }}{{ money_field(form.amount) }}{% endblock %}"""


class Sample(Form):
    name = StringField("Nom", [InputRequired("Donnez un nom.")])
    amount = MoneyField("Montant", [InputRequired("Saisissez un montant.")])


@pytest.fixture
def sent(look):
    def answer(**values):
        with look.test_request_context("/?who=person", method="POST", data=values):
            from flask import request

            form = Sample(request.form)
            form.validate()
            return render_template_string(PAGE, form=form)

    return answer


def test_a_refused_form_says_so_in_its_title_at_its_top_and_beside_each_field(sent):
    page = sent(amount="cent")

    assert "<title>Erreur : Montant – Mitoyen</title>" in page
    summary = page[page.index('class="summary"') : page.index("<h1>")]
    assert "Il y a un problème" in summary
    assert 'role="alert"' in summary
    assert "autofocus" in summary
    assert re.findall(r'<a href="#(\w+)">([^<]+)', summary) == [
        ("name", "Donnez un nom."),
        ("amount", "Saisissez un montant en euros, par exemple 50 ou 12,50."),
    ]
    assert re.search(r'<input aria-describedby="amount-error" aria-invalid="true"[^>]*value="cent"', page)


def test_a_good_form_has_neither_summary_nor_error(sent):
    page = sent(name="Claire", amount="50")

    assert "<title>Montant – Mitoyen</title>" in page
    assert 'class="summary"' not in page
    assert "aria-invalid" not in page


def test_what_was_typed_is_escaped(sent):
    page = sent(name='"><script>', amount='"><img>')

    assert "<script>" not in page
    assert "<img>" not in page


@pytest.mark.parametrize("code", CODES)
def test_an_error_page_parses_and_offers_a_way_out(look, code):
    with look.test_request_context("/perdu"):
        page = render_template(f"errors/{code}.html")

    html5lib.HTMLParser(strict=True).parse(page)
    assert page.count("<h1>") == 1
    assert 'class="btn" href="/"' in page


@pytest.mark.parametrize("code", ["500", "503"])
def test_the_page_of_a_breakdown_needs_neither_session_nor_database(look, code):
    template = look.jinja_env.get_template(f"errors/{code}.html")

    page = template.render()

    assert "Voir les projets" in page


def test_a_page_without_the_vendored_files_keeps_its_words(make_look, tmp_path, built):
    look = make_look(built)

    source = tmp_path / "static"
    (source / "img").mkdir(parents=True)
    (source / "img" / "favicon.svg").write_text("<svg/>")
    (source / "css").symlink_to(assets.SOURCE / "css")
    bare = assets.Assets(source, tmp_path / "built")
    look.jinja_env.globals.update(asset=bare.url, icon_href=bare.icon, preloaded_fonts=bare.fonts)

    page = look.test_client().get("/style?who=person").text

    assert "<use" not in page
    assert "preload" not in page
    assert "vendor" not in (tmp_path / "built" / bare.url("css/mitoyen.css").removeprefix("/static/")).read_text()
    assert "Mes projets" in page


MAIL = """{% extends "email/layout.KIND" %}{% set name = "Claire" %}{% set action_url = "https://example.org/x" %}
{% set action_label = "Voir mon engagement" %}
{% set facts = [("Montant", "50 €"), ("Débité", "après le 4 décembre 2026")] %}
{% block content %}Votre engagement attend votre carte.{% endblock %}"""


def test_a_mail_has_one_action_its_facts_and_why_it_came(look):
    with look.test_request_context("/"):
        html = render_template_string(MAIL.replace("KIND", "html"))
        text = render_template_string(MAIL.replace("KIND", "txt"))

    html5lib.HTMLParser(strict=True).parse(html)
    assert html.count("Voir mon engagement") == 1
    for mail in (html, text):
        assert "Bonjour Claire," in mail
        assert "https://example.org/x" in mail
        assert "après le 4 décembre 2026" in mail
        assert "Vous recevez ce message parce que" in mail
        assert "aucun argent réel" in mail
    assert "Montant : 50 €\nDébité : après le 4 décembre 2026" in text
    assert "<" not in text
    assert "<img" not in html
    assert "http" not in html.replace("https://example.org/x", "")
