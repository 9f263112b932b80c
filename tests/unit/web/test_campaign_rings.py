from dataclasses import dataclass

from marketplace.web.campaigns.rings import by_ring


@dataclass(frozen=True)
class Place:
    code: str
    lat: float | None
    lon: float | None


LIGUGE = Place("86133", 46.52, 0.33)
POITIERS = Place("86194", 46.58, 0.34)
CHAUVIGNY = Place("86070", 46.57, 0.65)
MIQUELON = Place("97501", None, None)


def test_backers_are_counted_by_how_far_they_live():
    groups = [(LIGUGE, 9), (POITIERS, 12), (CHAUVIGNY, 5), (MIQUELON, 6), (None, 7)]

    assert by_ring(LIGUGE, groups) == (("within_5", 9), ("within_10", 12), ("beyond_10", 11), ("merged", 7))


def test_an_empty_ring_is_left_out():
    assert by_ring(LIGUGE, [(POITIERS, 12)]) == (("within_10", 12),)
    assert by_ring(LIGUGE, []) == ()
