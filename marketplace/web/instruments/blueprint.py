"""The area of instruments and their terms."""

from flask import Blueprint

bp = Blueprint("instruments", __name__)
