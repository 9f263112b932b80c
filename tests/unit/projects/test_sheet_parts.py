"""What the key information sheet needs, part by part."""

from dataclasses import replace

import pytest

from marketplace.projects.details import Details, Member
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.sheet_parts import OWN_RISKS, gaps, needs
from marketplace.projects.uses import Use
from tests.factories.instruments import RISKS
from tests.unit.projects.test_term_rules import content

WITH_SHEET = [code for code, known in INSTRUMENTS.items() if known.sheet]


def whole(instrument):
    said = content(instrument, terms={"naf": "10.71C", "own_funds_cents": 0})
    return replace(
        said,
        name="Le fournil",
        commune_code="86133",
        sector="alimentation",
        title="Un four",
        summary="Un four partagé.",
        threshold_cents=1,
        goal_cents=2,
        uses=(Use("Le four", 2),),
        details=replace(RISKS, team=(Member("Nadia", "gérante"),)),
    )


@pytest.mark.parametrize("instrument", WITH_SHEET)
def test_a_sheet_that_says_all_of_it_is_whole(instrument):
    assert gaps(whole(instrument)) == ()


@pytest.mark.parametrize("instrument", WITH_SHEET)
def test_each_need_is_missed_in_its_part(instrument):
    empty = replace(whole(instrument), details=Details(), terms=type(whole(instrument).terms)(), uses=(), summary=" ")

    missed = {(need.part, need.name) for need in gaps(empty)}

    assert {("C", f"risk_{kind}") for kind in OWN_RISKS} <= missed
    assert {("A", "team"), ("A", "uses"), ("A", "summary"), ("A", "responsible"), ("B", "own_funds_cents")} <= missed
    required = INSTRUMENTS[instrument].required
    assert required <= {name for _part, name in missed}


@pytest.mark.parametrize("kind", OWN_RISKS)
def test_one_kind_of_risk_that_says_nothing_is_a_gap_of_part_c(kind):
    said = whole("loan")
    said = replace(said, details=replace(said.details, risks={**said.details.risks, kind: "  "}))

    assert [(need.part, need.name, need.section) for need in gaps(said)] == [("C", f"risk_{kind}", "equipe")]


def test_a_loan_has_part_g_and_a_share_parts_d_and_f():
    assert {need.part for need in needs(whole("loan"))} == set("ABCG")
    assert {need.part for need in needs(whole("cooperative_share"))} == set("ABCDF")


@pytest.mark.parametrize("instrument", [code for code, known in INSTRUMENTS.items() if not known.sheet])
def test_what_has_no_sheet_needs_nothing(instrument):
    assert needs(content(instrument)) == gaps(content(instrument)) == ()
