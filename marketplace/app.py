"""The composition root: the one place that wires configuration, database, gateway and blueprints."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Config
from marketplace import cli, jobs
from marketplace.core.db import POOL, Database, make_engine
from marketplace.core.memory import Memory
from marketplace.demo.clocks import move_sandbox
from marketplace.payments.gateway import Gateway
from marketplace.payments.stripe_gateway import StripeGateway
from marketplace.residency import twod_doc
from marketplace.runtime import Runtime
from marketplace.web import blueprints, languages, uploads
from marketplace.web.mailer import render_and_post

csrf = CSRFProtect()


def create_app(
    config: Config | None = None, *, database: Database | None = None, gateway: Gateway | None = None
) -> Flask:
    """Return the web application. Arguments replace what the environment says (tests)."""
    config = config or Config.from_environment()
    app = Flask("marketplace", template_folder=str(ROOT / "templates"), static_folder=None)
    app.request_class = uploads.UploadRequest
    runtime = Runtime(
        config=config,
        database=database or Database(make_engine(config.database_url), at_once=POOL),
        gateway=gateway or StripeGateway.from_config(config),
        memory=Memory(config.page_seconds),
    )
    app.extensions["mitoyen"] = runtime
    app.extensions["mitoyen_queue"] = jobs.install(runtime, post_mail=_mailer(app, config))
    app.extensions["mitoyen_trust"] = twod_doc.bundled
    app.extensions["mitoyen_sandbox_clock"] = partial(move_sandbox, str(config.stripe_api_base))
    app.config.from_mapping(_flask_settings(config))
    csrf.init_app(app)
    languages.install(app)
    blueprints.install(app, csrf)
    cli.install(app)
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.trusted_proxies, x_proto=config.trusted_proxies, x_host=config.trusted_proxies
        )
    return app


def _mailer(app: Flask, config: Config) -> Callable[..., None]:
    """Return what the worker writes mails with: templates need the application around them."""

    def post(session: Any, **facts: Any) -> None:
        with app.app_context():
            render_and_post(session, config=config, **facts)

    return post


def _flask_settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_key,
        # Cookies ignore ports: two copies on one host must not share a session.
        "SESSION_COOKIE_NAME": f"mitoyen_{config.port}",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": config.site_url.startswith("https://"),
        "MAX_CONTENT_LENGTH": 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 200_000,
        "MAX_FORM_PARTS": 200,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "fr",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Paris",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "marketplace" / "translations"),
    }
