"""The area's blueprint, apart from its views so that each of them can import it."""

from flask import Blueprint

bp = Blueprint("helping", __name__)
