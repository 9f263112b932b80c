from hypothesis import given
from hypothesis import strategies as st

from marketplace.web.maps.draw import WIDTH
from marketplace.web.maps.labels import LETTER_HEIGHT, Named, placed, width_of

HEIGHT = 500
spots = st.tuples(st.integers(0, WIDTH), st.integers(0, HEIGHT))
names = st.text("abcdefgh-", min_size=1, max_size=24)
places = st.lists(st.builds(Named, names, spots, st.sampled_from([0, 5, 15])), max_size=14)


def box_of(label):
    wide = width_of(label.name)
    left = label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
    return left, label.y - LETTER_HEIGHT * 0.75, left + wide, label.y + LETTER_HEIGHT * 0.2


def overlap(a, b):
    return a[0] + 1 < b[2] and b[0] + 1 < a[2] and a[1] + 1 < b[3] and b[1] + 1 < a[3]


@given(places, st.lists(st.tuples(spots, st.just(15)), max_size=2))
def test_no_name_covers_another_a_mark_or_the_edge(wanted, marks):
    labels = placed(wanted, HEIGHT, most=6, marks=marks)

    boxes = [box_of(label) for label in labels]
    for number, one in enumerate(boxes):
        assert one[0] >= 0
        assert one[2] <= WIDTH
        assert one[1] >= 0
        assert one[3] <= HEIGHT
        assert not any(overlap(one, other) for other in boxes[number + 1 :])
        for (x, y), radius in marks:
            if labels[number].spot != (x, y):
                assert not overlap(one, (x - radius, y - radius, x + radius, y + radius))
    assert sum(not label.area for label in labels) <= 6


def test_the_first_ones_have_their_name():
    crowd = [Named(f"Ville {number}", (400, 250 + number), 5) for number in range(9)]

    labels = placed(crowd, HEIGHT, most=6, marks=[])

    assert labels[0].name == "Ville 0"
    assert (labels[0].anchor, labels[0].x > 400) == ("start", True)
    assert len(labels) < len(crowd)


def test_a_name_goes_to_the_other_side_at_the_edge():
    (label,) = placed([Named("Argelès-sur-Mer", (WIDTH - 20, 200), 5)], HEIGHT, most=6, marks=[])

    assert label.anchor == "end"


def test_a_name_without_room_is_left_out():
    assert placed([Named("a" * 80, (400, 250), 5)], HEIGHT, most=6, marks=[]) == []


def test_the_name_of_an_area_stands_in_its_middle():
    (label,) = placed([Named("Vienne", (400, 250), 0)], HEIGHT, most=0, marks=[])

    assert (label.x, label.anchor, label.area) == (400, "middle", True)
    assert abs(label.y - 250) < LETTER_HEIGHT
