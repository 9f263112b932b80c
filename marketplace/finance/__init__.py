"""The arithmetic of money over time. Pure: imports nothing but the standard library and `core.money`."""
