"""Mitoyen: a local peer-to-peer investment marketplace. `app.py` wires it, `__main__.py` runs it."""

__version__ = "0.1.0"
