"""Signing up, in and out; one's own account."""
