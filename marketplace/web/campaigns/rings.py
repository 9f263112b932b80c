"""How far from a project its backers live, by rings of kilometres: never more than its list of communes says."""

from collections.abc import Sequence

from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune

# Name of a ring → up to how many kilometres, between the centres of two communes.
RINGS = (("within_5", 5), ("within_10", 10))
BEYOND, MERGED = "beyond_10", "merged"
# As many as a drawing has colours.
NAMES = (*(name for name, _most in RINGS), BEYOND, MERGED)


def by_ring(there: Commune, groups: Sequence[tuple[Commune | None, int]]) -> tuple[tuple[str, int], ...]:
    """Return (ring, backers), the nearest first, empty rings left out.

    groups: backers by commune; those of small communes, merged under None, stay a group of their own: split by ring
    they could be fewer than five. there: where the project is.
    """
    counts = dict.fromkeys(NAMES, 0)
    for commune, backers in groups:
        counts[_ring(there, commune)] += backers
    return tuple((name, backers) for name, backers in counts.items() if backers)


def _ring(there: Commune, commune: Commune | None) -> str:
    if commune is None:
        return MERGED
    away = territories.distance_km(there, commune)
    return next((name for name, most in RINGS if away is not None and away <= most), BEYOND)
