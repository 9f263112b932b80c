"""The area's views, gathered."""

from marketplace.web.instruments import calculator, editing, promised, sheets
from marketplace.web.instruments.blueprint import bp

__all__ = ["bp", "calculator", "editing", "promised", "sheets"]
