"""The blueprint of investors' pages."""

from flask import Blueprint

bp = Blueprint("investor", __name__)
