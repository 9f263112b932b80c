"""One world of rows of every kind, for those who knock at every door of the site."""

import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import Engine

from marketplace.app import create_app
from tests.guards.walk import Walk
from tests.guards.world import World, build
from tests.savepoints import rolled_back

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TABLE = tomllib.loads(Path(__file__).with_name("access.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def world(engine: Engine) -> Iterator[World]:
    with time_machine.travel(NOW), rolled_back(engine) as connection:
        yield build(connection, NOW)


@pytest.fixture(scope="module")
def another(site: Flask, world: World, compiled: BytecodeCache) -> Callable[[], Flask]:
    """Make one more application in the world."""

    def make() -> Flask:
        made = create_app(site.extensions["mitoyen"].config, database=world.database, gateway=world.gateway)
        made.testing = True
        made.extensions["mitoyen_sandbox_clock"] = lambda by: None
        made.jinja_env.bytecode_cache = compiled
        return made

    return make


@pytest.fixture
def plant(another: Callable[[], Flask]) -> Flask:
    """An application of its own, to plant faults in."""
    return another()


@pytest.fixture(scope="module")
def walk(another: Callable[[], Flask], world: World) -> Walk:
    return Walk(another(), world, TABLE)
