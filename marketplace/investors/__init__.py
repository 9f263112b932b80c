"""Backers as investors: what they know, what they could lose, and who asked to be less protected."""
