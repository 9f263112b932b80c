"""The tools of the demonstration, with the embedded sandbox only."""
