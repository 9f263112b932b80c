import pytest

from marketplace.web.maps.grounds import Shelf


def test_what_was_made_is_kept_and_the_oldest_goes_first():
    made = []
    shelf = Shelf(2)

    def make(key):
        made.append(key)
        return key.upper()

    for key in ("a", "b", "a", "c", "a", "b"):
        assert shelf.get(key, lambda key=key: make(key)) == key.upper()

    assert made == ["a", "b", "c", "b"]


def test_a_failure_is_not_kept():
    shelf = Shelf(2)
    with pytest.raises(ZeroDivisionError):
        shelf.get("a", lambda: 1 / 0)

    assert shelf.get("a", lambda: 1) == 1
