"""Looking communes up."""
