"""Deciding what may be seen: every campaign is read by an administrator before the public."""
