from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_babel import Babel

from marketplace.web import icons, navigation


@dataclass(frozen=True)
class Person:
    is_administrator: bool


@pytest.fixture
def app():
    app = Flask(__name__, static_folder=None)
    Babel(app, default_locale="fr")
    navigation.install(app)
    app.extensions["mitoyen"] = SimpleNamespace(config=SimpleNamespace(mailbox=True, demonstration=False))
    for path in ("/", "/connexion", "/mes-projets", "/moderation"):
        app.add_url_rule(path, path, lambda: "")
    app.add_url_rule("/deconnexion", "sign_out", lambda: "", methods=["POST"])
    return app


def paths(links):
    return [link.path for link in links]


def test_only_links_that_something_answers_are_shown(app):
    menu = navigation.Navigation()

    with app.test_request_context("/"):
        assert paths(menu.main()) == ["/"]
        assert paths(menu.own(None)) == ["/connexion"]
        assert paths(menu.demonstration()) == []


def test_a_tool_that_this_installation_does_not_have_is_not_shown(app):
    app.add_url_rule("/boite", "inbox", lambda: "")
    app.add_url_rule("/horloge", "clock", lambda: "")

    with app.test_request_context("/"):
        assert paths(navigation.Navigation().demonstration()) == ["/boite"]


def test_the_list_to_review_is_for_administrators(app):
    menu = navigation.Navigation()

    with app.test_request_context("/"):
        assert paths(menu.own(Person(is_administrator=True))) == ["/mes-projets", "/moderation", "/deconnexion"]
        assert paths(menu.own(Person(is_administrator=False))) == ["/mes-projets", "/deconnexion"]


def test_signing_out_is_a_post(app):
    menu = navigation.Navigation()

    with app.test_request_context("/"):
        assert [link.path for link in menu.own(Person(is_administrator=False)) if link.post] == ["/deconnexion"]


def test_the_page_one_is_on_is_marked(app):
    menu = navigation.Navigation()

    with app.test_request_context("/mes-projets/3"):
        (home,) = menu.main()
        projects = menu.own(Person(is_administrator=False))[0]
        assert home.current == ""
        assert projects.current == ' aria-current="true"'
    with app.test_request_context("/mes-projets"):
        assert projects.current == ' aria-current="page"'


def test_every_icon_of_a_menu_is_in_the_sprite():
    menus = (
        navigation._MAIN,
        navigation._VISITOR,
        navigation._OWN,
        navigation._ADMINISTRATOR,
        navigation._ACCOUNT,
        navigation._DEMONSTRATION,
        navigation._FOOTER,
    )
    links = [link for menu in menus for link in menu]

    assert {link.icon for link in links} <= set(icons.ICONS)
