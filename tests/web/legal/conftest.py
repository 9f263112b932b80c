"""The pages of text alone: an application without a database, for nothing here reads one."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel, get_locale
from flask_wtf import CSRFProtect

from config import ROOT
from marketplace.web import assets, filters, languages, navigation
from marketplace.web.legal import routes


@pytest.fixture(scope="session")
def texts_app(tmp_path_factory) -> Flask:
    app = Flask("marketplace", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(SECRET_KEY="tests", SESSION_COOKIE_NAME="mitoyen_8000", BABEL_DEFAULT_LOCALE="fr", TESTING=True)
    app.extensions["mitoyen"] = SimpleNamespace(config=SimpleNamespace(mailbox=False, demonstration=True))
    CSRFProtect(app)
    Babel(app, locale_selector=languages.chosen_locale)
    filters.install(app)
    assets.install(app, var=tmp_path_factory.mktemp("assets"))
    navigation.install(app)
    app.context_processor(lambda: {"visitor": None, "demonstration": True, "locale": get_locale()})
    app.register_blueprint(routes.bp)
    app.get("/", endpoint="home")(lambda: "home")
    app.post("/envoi", endpoint="sent")(lambda: "only for forms")
    return app


@pytest.fixture
def texts(texts_app) -> Iterator[FlaskClient]:
    with texts_app.test_client() as client:
        yield client
