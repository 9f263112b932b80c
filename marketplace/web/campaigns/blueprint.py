"""The area of public campaigns."""

from flask import Blueprint

bp = Blueprint("campaigns", __name__)
