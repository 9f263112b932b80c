"""The area of those who propose a project."""
