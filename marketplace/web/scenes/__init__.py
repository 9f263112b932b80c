"""Drawn scenes, one module for each family. Each function returns the inside of a 640 × 360 drawing, without ids."""
