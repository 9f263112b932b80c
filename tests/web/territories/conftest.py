"""Looking communes up: an application of that area alone, on the real territories."""

import pytest
from flask import Flask
from flask_babel import Babel, get_locale
from flask_wtf import CSRFProtect

from config import ROOT, Config
from marketplace.runtime import Runtime
from marketplace.web import access, assets, filters, headers, languages, navigation
from marketplace.web.territories import routes
from tests.trees import parse, parse_part


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Where static files are built, once for all tests: a name is its content."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def site(database, built):
    app = Flask("marketplace", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(SECRET_KEY="tests", BABEL_DEFAULT_LOCALE="fr", TESTING=True)
    config = Config(
        database_url="",
        secret_key="tests",
        site_url="http://localhost",
        port=8000,
        var=built,
        stripe_secret_key=None,
        stripe_webhook_secret=None,
        stripe_api_base="http://localhost:8001",
    )
    app.extensions["mitoyen"] = Runtime(config=config, database=database, gateway=None)
    CSRFProtect(app)
    Babel(app, locale_selector=languages.chosen_locale)
    access.install(app)
    headers.install(app)
    filters.install(app)
    assets.install(app, var=built)
    navigation.install(app)
    app.context_processor(lambda: {"visitor": None, "demonstration": False, "locale": get_locale()})
    app.register_blueprint(routes.bp)
    app.add_url_rule("/ma-commune", "home.set_commune", methods=["POST"])
    return app


@pytest.fixture
def visitor(site):
    with site.test_client() as client:
        yield client


@pytest.fixture
def parsed():
    """Parse a whole page, or a fragment of one, and refuse what a browser would have to repair."""

    return lambda text, *, fragment=False: parse_part(text) if fragment else parse(text)
