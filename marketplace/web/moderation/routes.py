"""The staff's pages: reading before the public, campaigns that run, registers, the log."""

from marketplace.web.moderation import journal, money, registers, reviewing, running
from marketplace.web.moderation.blueprint import bp

__all__ = ["bp", "journal", "money", "registers", "reviewing", "running"]
