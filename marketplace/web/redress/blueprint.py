"""The blueprint of reports, complaints and owners' requests."""

from flask import Blueprint

bp = Blueprint("redress", __name__)
