"""Where people live, as far as it is proven. A commune, never an address."""
