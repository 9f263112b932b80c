"""The list of areas, and what every page shares."""

from importlib import import_module
from typing import Any

from flask import Flask
from flask_babel import get_locale
from flask_wtf import CSRFProtect

from marketplace.web import (
    access,
    assets,
    errors,
    everybody,
    filters,
    fragments,
    headers,
    instrument_words,
    labels,
    navigation,
    sign_in,
)
from marketplace.web.context import runtime

AREAS = (
    "home",
    "alerts",
    "territories",
    "account",
    "residency",
    "investor",
    "organisations",
    "campaigns",
    "helping",
    "questions",
    "why",
    "maps",
    "owner",
    "instruments",
    "money",
    "admissions",
    "pledges",
    "moderation",
    "redress",
    "projets",
    "legal",
    "demo",
    "style",
    "webhooks",
)


def install(app: Flask, csrf: CSRFProtect) -> None:
    """Register every area and what surrounds them."""
    sign_in.install(app)
    access.install(app)
    headers.install(app)
    errors.install(app)
    filters.install(app)
    fragments.install(app)
    assets.install(app)
    navigation.install(app)
    app.jinja_env.globals["labels"] = labels
    app.jinja_env.globals["money_kind"] = instrument_words.kind
    filters.use(app, {"rate": instrument_words.percent, "yearly_rate": instrument_words.yearly})
    app.jinja_env.globals.update(csrf_token=everybody.csrf_token, own_part=everybody.own_part)
    app.context_processor(_shared)
    for area in AREAS:
        routes = import_module(f"marketplace.web.{area}.routes")
        app.register_blueprint(routes.bp)
        if area == "webhooks":
            csrf.exempt(routes.bp)
        if area == "alerts":
            app.register_blueprint(routes.one_click)
            csrf.exempt(routes.one_click)


def _shared() -> dict[str, Any]:
    return {
        "visitor": everybody.shown_to(),
        "csrf_token": everybody.csrf_token,
        "demonstration": runtime().config.demonstration,
        "locale": get_locale(),
        "site_url": runtime().config.site_url,
    }
