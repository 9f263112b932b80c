"""The area of the demonstration: its blueprint with all its views."""

from marketplace.web.demo import clock_page, mailbox
from marketplace.web.demo.blueprint import bp

__all__ = ["bp", "clock_page", "mailbox"]
