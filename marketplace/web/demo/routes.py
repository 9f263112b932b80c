"""The area of the demonstration: its blueprint with all its views."""

from marketplace.web.demo import mailbox
from marketplace.web.demo.blueprint import bp

__all__ = ["bp", "mailbox"]
