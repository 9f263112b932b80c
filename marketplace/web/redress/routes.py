"""The area of redress: its blueprint with all its views."""

from marketplace.web.redress import complaints, owners, public
from marketplace.web.redress.blueprint import bp

__all__ = ["bp", "complaints", "owners", "public"]
