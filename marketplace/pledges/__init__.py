"""Promises of money: opened under the rule, reflected upon, confirmed, charged or released."""
