"""An owner chooses an instrument and writes its terms; nothing typed is lost, each error is at its field."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.models import Campaign
from marketplace.projects.terms import Terms
from tests.arranged import arranged
from tests.factories.instruments import TERMS, offered
from tests.web.pages import by_class, by_id, parse, text_of

LOAN = {
    "instrument": "loan",
    "months": "36 mois",
    "rate_bp": "4,5 %",
    "ring_rates": "",
    "repayment": "annuity",
    "every": "3",
    "deferral": "6",
    "capitalised": "y",
    "guarantees": "Aucune",
    "early": "Possible",
    "defaults": "Aucun",
    "responsible": "Nadia Berthault, gérante",
    "naf": "10.71C",
    "accounts": "Premier exercice",
    "own_funds_cents": "5 000",
    "raises-0-launched_on": "01/03/2026",
    "raises-0-amount": "1 500 000",
}


@arranged
def draft(make):
    return make.campaign(state="draft", legal_form="scic")


@pytest.fixture
def page(draft):
    return f"/mes-projets/{draft.id}/conditions"


def kept(session, campaign):
    row = session.get_one(Campaign, campaign.id, populate_existing=True)
    return row.instrument, row.loan_months, Terms.from_json(row.terms)


def wrong(tree):
    return {
        element.get("id").removesuffix("-error")
        for element in tree.iter("p")
        if "error" in (element.get("class") or "").split()
    }


def test_only_the_fields_of_what_is_chosen_are_shown(draft, page, reader_of):
    tree = parse(reader_of(draft.owner).get(f"{page}?nature=bond"))
    names = {element.get("name") for element in tree.iter() if element.get("name")}

    assert {"nominal_cents", "rank", "months", "rate_bp"} <= names
    assert not {"repayment", "part_bp", "rewards-0-label", "board"} & names


def test_a_draft_of_an_association_is_told_what_it_may_not_offer(make, reader_of):
    campaign = make.campaign(state="draft", legal_form="association")
    tree = parse(reader_of(campaign.owner).get(f"/mes-projets/{campaign.id}/conditions?nature=cooperative_share"))

    assert "La loi ne permet pas ce choix" in text_of(tree)


def test_whole_terms_are_kept(draft, page, reader_of, session):
    answer = reader_of(draft.owner).post(page, row_version="1", **LOAN)

    assert answer.status_code == 303, wrong(parse(answer))
    instrument, months, terms = kept(session, draft)
    assert (instrument, months) == ("loan", 36)
    assert (terms.rate_bp, terms.every, terms.deferral, terms.capitalised) == (450, 3, 6, True)
    assert terms.own_funds_cents == 5_000_00
    assert terms.raises[0].cents == 1_500_000_00


def test_terms_that_lack_something_are_kept_and_each_point_is_said_at_its_field(draft, page, reader_of, session):
    answer = reader_of(draft.owner).post(page, row_version="1", **LOAN | {"rate_bp": "", "accounts": "", "every": "12"})

    assert answer.status_code == 422
    assert wrong(parse(answer)) == {"rate_bp", "accounts", "deferral"}
    assert kept(session, draft)[2].guarantees == "Aucune"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("months", "douze"),
        ("rate_bp", "4,555"),
        ("rate_bp", "NaN"),
        ("ring_rates", "7 ; huit"),
        ("own_funds_cents", "1e400"),
        ("raises-0-launched_on", "30/02/2026"),
    ],
)
def test_what_cannot_be_read_is_given_back_and_nothing_is_kept(draft, page, reader_of, *, session, name, typed):
    answer = reader_of(draft.owner).post(page, row_version="1", **LOAN | {name: typed})

    assert answer.status_code == 422
    tree = parse(answer)
    assert wrong(tree) == {name}
    assert by_id(tree, name).get("value") == typed
    assert by_id(tree, "accounts").text.strip() == LOAN["accounts"]
    assert kept(session, draft) == ("gift", None, Terms())


def test_what_another_tab_saved_is_not_replaced_unasked(draft, page, reader_of, session):
    owner = reader_of(draft.owner)
    owner.post(page, row_version="1", **LOAN)

    answer = owner.post(page, row_version="1", **LOAN | {"rate_bp": "9"})

    assert answer.status_code == 422
    assert kept(session, draft)[2].rate_bp == 450


def test_terms_of_another_instrument_are_dropped(draft, page, reader_of, session):
    owner = reader_of(draft.owner)
    owner.post(page, row_version="1", **LOAN)

    owner.post(page, row_version="2", instrument="gift")

    assert kept(session, draft) == ("gift", None, Terms())


def test_rewards_are_kept_line_by_line(draft, page, reader_of, session):
    typed = {
        "rewards-0-label": "Un pain  chaque semaine",
        "rewards-0-amount": "20",
        "rewards-0-stock": "12",
        "rewards-0-month": "06/2027",
        "rewards-2-label": "Merci",
        "rewards-2-amount": "5",
    }

    answer = reader_of(draft.owner).post(page, row_version="1", instrument="gift_with_reward", **typed)

    assert answer.status_code == 422
    assert [one.label for one in kept(session, draft)[2].rewards] == ["Un pain chaque semaine", "Merci"]
    assert by_class(parse(answer), "summary")


def test_a_published_collection_keeps_its_terms(make, reader_of):
    campaign = make.campaign(**offered("loan"))
    owner = reader_of(campaign.owner)

    assert owner.get(f"/mes-projets/{campaign.id}/conditions").status_code == 303
    assert owner.post(f"/mes-projets/{campaign.id}/conditions", row_version="3", **LOAN).status_code == 422


def test_the_sum_behind_the_legal_cap_is_shown(make, reader_of):
    open_one = make.campaign(title="Un premier emprunt", **offered("loan"))
    draft = make.campaign(state="draft", owner=open_one.owner, **offered("loan"))

    tree = parse(reader_of(draft.owner).get(f"/mes-projets/{draft.id}/conditions"))

    said = text_of(by_id(tree, "plafond-legal")).replace("\u202f", " ").replace("\xa0", " ")
    assert "Un premier emprunt" in said
    assert "− 2 000 €" in said
    assert "4 998 000 €" in said


ANY = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["-1", "0", "999999", "99999999999999", "4,5", "1;2;3", "12/2026", "00/0000", "", "annuity", "12", "3"]
    ),
)


@pytest.mark.parametrize("instrument", [*INSTRUMENTS, "lottery", ""])
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    values=st.dictionaries(
        st.sampled_from(
            [
                "months",
                *TERMS["loan"].__dataclass_fields__,
                "rewards-0-label",
                "rewards-0-amount",
                "rewards-0-month",
                "rewards-0-stock",
                "raises-0-launched_on",
                "raises-0-amount",
                "row_version",
            ]
        ),
        ANY,
        max_size=12,
    )
)
def test_no_form_breaks_the_page(instrument, values, draft, *, page, reader_of, session):
    owner = reader_of(draft.owner)
    version = str(session.scalar(select(Campaign.row_version).where(Campaign.id == draft.id)))
    session.rollback()

    answer = owner.post(page, **{"row_version": version, "instrument": instrument, **values})

    assert answer.status_code in {303, 422}
    assert owner.get(page).status_code == 200
    assert owner.get(f"/mes-projets/{draft.id}").status_code == 200
