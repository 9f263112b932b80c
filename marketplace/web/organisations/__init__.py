"""Organisations: one's own, and the administrators' list of what they say."""
