"""Following a commune, and stopping."""
