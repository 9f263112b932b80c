from marketplace.territories.tables import across_the_sea


def _commune(dep: str, lat: str, lon: str = "0") -> dict[str, str]:
    return {"dep": dep, "lat": lat, "lon": lon}


def test_an_island_is_beside_the_nearest_commune_of_its_mainland():
    communes = {
        "shore": _commune("56", "47.0"),
        "inland": _commune("56", "48.0"),
        "far inland": _commune("56", "48.5"),
        "big island east": _commune("56", "46.8"),  # nearer, but an island itself
        "big island west": _commune("56", "46.8", "0.1"),
        "other departement": _commune("44", "46.9"),
        "island": _commune("56", "46.7"),
        "nowhere": _commune("987", "", ""),
    }
    borders = [
        ("shore", "inland"),
        ("inland", "far inland"),
        ("far inland", "other departement"),
        ("big island east", "big island west"),
    ]

    assert across_the_sea(communes, borders) == [("island", "shore")]


def test_without_a_mainland_there_is_no_neighbour():
    assert across_the_sea({"a": _commune("01", "46"), "b": _commune("01", "47")}, []) == []
