"""Maps on pages, and whole drawings, which take longer than a unit test may."""

from tests.unit.maps.conftest import geometry, vienne

__all__ = ["geometry", "vienne"]
