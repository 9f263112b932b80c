"""The area of accounts: its blueprint with all its views."""

from marketplace.web.account import confirmation, entry, own, recovery, sign_up
from marketplace.web.account.blueprint import bp

__all__ = ["bp", "confirmation", "entry", "own", "recovery", "sign_up"]
