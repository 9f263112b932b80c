"""The staff's pages: reading before the public, campaigns that run, registers, the log."""

from marketplace.web.moderation import journal, money, refunds, registers, reviewing, running
from marketplace.web.moderation.blueprint import bp

__all__ = ["bp", "journal", "money", "refunds", "registers", "reviewing", "running"]
