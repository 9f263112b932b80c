"""The area of administrators who read collections before the public does."""
