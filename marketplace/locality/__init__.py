"""The local-to-local rule: who may put money where. Pure: imports nothing but the standard library."""
