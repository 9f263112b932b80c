"""The blueprint of the staff's pages."""

from flask import Blueprint

bp = Blueprint("moderation", __name__)
