"""Numbers of organisations: what is one, and what only looks like one."""

import pytest

from marketplace.accounts.identifiers import parse_rna, parse_siren, parse_siret


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("732829320", "732829320"),
        ("732 829 320", "732829320"),
        ("130025265", "130025265"),
        ("73282932000074", "732829320"),  # the SIRET of a place names its organisation
        ("356 000 000 49837", "356000000"),  # La Poste
    ],
)
def test_a_siren_is_read_however_it_is_spaced(typed, read):
    assert parse_siren(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "732829321", "73282932", "73282932O", "７３２８２９３２０", "7" * 60, "73282932000075"]
)
def test_what_is_no_siren_is_refused(typed):
    with pytest.raises(ValueError, match=r"^"):
        parse_siren(typed)


@pytest.mark.parametrize("typed", ["13002526500013", "35600000049837", "732 829 320 00074"])
def test_a_siret_is_read_la_poste_included(typed):
    assert parse_siret(typed) == typed.replace(" ", "")


@pytest.mark.parametrize("typed", ["", "732829320", "73282932000075", "35600000049838", "1300252650001A"])
def test_what_is_no_siret_is_refused(typed):
    with pytest.raises(ValueError, match=r"^"):
        parse_siret(typed)


def test_a_number_of_an_association_is_w_and_nine():
    assert parse_rna("w751080001") == "W751080001"
    assert parse_rna("W9R 1000 123") == "W9R1000123"
    for typed in ("", "751080001", "W75108000", "W7510800011", "WA51080001", "W75108000é"):
        with pytest.raises(ValueError, match=r"^"):
            parse_rna(typed)
