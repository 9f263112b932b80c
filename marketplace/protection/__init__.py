"""Investor protection rules. Pure: imports nothing but the standard library."""
