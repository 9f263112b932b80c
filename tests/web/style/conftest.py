"""A small application with the look and nothing else: no database, no other area."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, request
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from marketplace.web import assets, filters, navigation
from marketplace.web.style.routes import bp

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Person:
    display_name: str = "Claire Morin"
    initials: str = "CM"
    is_administrator: bool = True
    commune_label: str | None = "Poitiers (Vienne)"


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Folder of the hashed files, made once."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="session")
def look(built):
    """The application, made once; `?who=person` is signed in, `?who=stranger` is not."""
    return application(built)


@pytest.fixture(scope="session")
def make_look():
    """Make a fresh application, for a test that changes it."""
    return application


def application(built):
    """Return a fresh application whose hashed files are in ``built``."""
    app = Flask("look", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(SECRET_KEY="tests", TESTING=True)
    app.extensions["mitoyen"] = SimpleNamespace(config=SimpleNamespace(mailbox=True, demonstration=True))
    app.jinja_env.undefined = StrictUndefined
    Babel(app, default_locale="fr")
    CSRFProtect(app)
    filters.install(app)
    assets.install(app, var=built)
    navigation.install(app)
    app.register_blueprint(bp)
    for path in ("/", "/connexion", "/inscription", "/mes-projets", "/moderation", "/boite"):
        app.add_url_rule(path, path, lambda: "")
    app.add_url_rule("/deconnexion", "sign_out", lambda: "", methods=["POST"])

    @app.context_processor
    def shared():
        signed_in = request.args.get("who") == "person"
        return {"visitor": Person() if signed_in else None, "demonstration": signed_in, "locale": "fr"}

    return app
