"""Co-operative shares: what the board decides on each subscriber after a collection that succeeded."""
