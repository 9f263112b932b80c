"""The blueprint of the owner's pages."""

from flask import Blueprint

bp = Blueprint("owner", __name__)
