"""The blueprint of admissions."""

from flask import Blueprint

bp = Blueprint("admissions", __name__)
