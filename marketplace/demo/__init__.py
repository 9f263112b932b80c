"""The demonstration: invented people and campaigns in real communes, made through the application's own services."""

from marketplace.demo.people import ACCOUNTS
from marketplace.demo.seed import seed

__all__ = ["ACCOUNTS", "seed"]
