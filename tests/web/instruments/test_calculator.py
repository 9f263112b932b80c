"""What an amount brings back, on pages that need no script."""

import pytest

from tests.arranged import arranged
from tests.factories import POITIERS
from tests.factories.instruments import offered
from tests.web.pages import by_id, parse, text_of


def plain(tree):
    return text_of(tree).replace("\u202f", " ").replace("\xa0", " ")


def rows(tree):
    """Return the payments of the table, as they are written."""
    body = next(tree.iter("tbody"))
    return [[plain(cell) for cell in row if cell.tag in {"th", "td"}] for row in body.iter("tr")]


@arranged
def lent(make):
    return make.campaign(**offered("loan"))


def test_the_page_of_a_loan_writes_its_schedule(make, lent, reader):
    tree = parse(reader.get(f"/collectes/{lent.id}"))

    assert rows(by_id(tree, "calculateur"))[0] == ["après 1 mois", "85,15 €", "3,33 €", "81,82 €", "918,18 €"]
    assert len(rows(by_id(tree, "calculateur"))) == 12
    assert "21,80 €" in plain(by_id(tree, "calculateur"))
    assert "Si tout se passe bien" in plain(by_id(tree, "calculateur"))


def test_another_amount_is_calculated_to_the_cent(lent, reader):
    tree = parse(reader.get(f"/collectes/{lent.id}/echeancier?montant=100"))

    assert rows(tree)[0][1] == "8,51 €"
    assert rows(tree)[-1][1] == "8,57 €"


def test_tax_is_told_from_the_table_of_the_day(make, reader):
    campaign = make.campaign(hard_cap=5_000, **offered("bond", rate_bp=450))

    said = plain(parse(reader.get(f"/collectes/{campaign.id}/echeancier?montant=1000")))

    assert "sur 45 € d’intérêts" in said
    assert "5,76 € d’impôt et 8,37 € de prélèvements sociaux" in said
    assert "Il resterait 30,87 €" in said


@pytest.mark.parametrize(
    ("instrument", "typed", "why"),
    [
        ("loan", "9,99", "au moins 10 €"),
        ("loan", "2000,01", "s’arrête à 2 000 €"),
        ("bond", "120", "multiple de 50 €"),
        ("loan", "beaucoup", "un montant en euros"),
    ],
)
def test_an_amount_one_could_not_put_in_is_refused(make, reader, instrument, typed, why):
    campaign = make.campaign(**offered(instrument))

    answer = reader.get(f"/collectes/{campaign.id}/echeancier?montant={typed}")

    assert answer.status_code == 422
    assert why in plain(by_id(parse(answer), "montant-error"))
    assert by_id(parse(answer), "montant").get("value") == typed


def test_a_gift_has_no_schedule(make, reader):
    assert reader.get(f"/collectes/{make.campaign().id}/echeancier").status_code == 404


def test_a_neighbour_sees_the_rate_of_their_own_circle(make, reader, reader_of):
    campaign = make.campaign(
        preset="local_first", commune=POITIERS, **offered("bond", ring_rates=(700, 500, 400), rate_bp=None)
    )
    path = f"/collectes/{campaign.id}/echeancier?montant=100"

    assert rows(parse(reader.get(path)))[0][1] == "4 €"
    assert rows(parse(reader_of(make.account(commune=POITIERS)).get(path)))[0][1] == "7 €"


def test_the_way_to_a_promise_shows_the_schedule(make, lent, reader_of):
    person = make.tested(make.account())

    for step in ("participer", "participer/relire"):
        said = plain(parse(reader_of(person).get(f"/collectes/{lent.id}/{step}?montant=1000")))

        assert "1 021,80 €" in said, step
        assert "85,15 €" in said, step
