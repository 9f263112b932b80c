"""What the law asks of investors, decided in the pledge's own transaction; and nothing that it does not ask."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.db import uuid7
from marketplace.core.money import Money
from marketplace.pledges import services
from marketplace.pledges.errors import PledgeRefused
from marketplace.pledges.models import PledgeConsent
from marketplace.protection import texts
from marketplace.residency import services as residency
from tests.factories.investors import words

CONSENT = "over_threshold"


@pytest.fixture
def pledge(make):
    """Promise euros, cents included, having read some words."""

    def send(campaign, backer, euros, *read, now=None, may_wait=False):
        cents = Money(round(euros * 100))
        return make.do(
            lambda session: services.open_pledge(
                session,
                campaign_id=campaign.id,
                backer_id=backer.id,
                amount=cents,
                form_key=uuid7(),
                now=now or make.now,
                read=[words(kind) for kind in read],
                may_wait=may_wait,
            )
        )

    return send


@pytest.fixture
def loan(make):
    """A campaign of loans with interest, with room for large amounts."""
    return make.assessed(make.campaign(hard_cap=90_000))


@pytest.fixture
def consents(session):
    """Return what was agreed to: kind, amount, threshold, digest."""
    columns = ("kind", "amount_cents", "threshold_cents", "text_sha256")
    wanted = select(*(getattr(PledgeConsent, name) for name in columns))
    return lambda: sorted(session.execute(wanted).all())


@pytest.mark.parametrize("instrument", ["gift", "interest_free_loan"])
def test_gifts_and_loans_without_interest_ask_for_nothing(make, pledge, consents, instrument):
    months = 24 if instrument == "interest_free_loan" else None
    campaign = make.campaign(hard_cap=9_000, instrument=instrument, loan_months=months)

    pledge(campaign, make.account(), 4_000)

    assert consents() == []


def test_what_was_read_with_a_gift_is_kept_word_for_word(make, pledge, consents):
    pledge(make.campaign(), make.account(), 50, "gift_risk", "loan_risk")

    assert consents() == [("gift_risk", 50_00, None, words("gift_risk"))]


@pytest.mark.parametrize(
    ("capacity", "earlier", "euros", "asked"),
    [
        (None, [], 1_000, False),
        (None, [], 1_000.01, True),
        (None, [600], 400, False),
        (None, [600], 400.01, True),
        (8_000, [], 4_000, False),
        (8_000, [], 4_000.01, True),
        (8_000, [3_000], 1_000, False),
        (8_000, [3_000], 1_000.01, True),
        (1_700, [], 1_000, False),
        (1_700, [], 1_000.01, True),
    ],
)
def test_consent_is_asked_above_the_threshold_counting_what_came_before(request, capacity, earlier, euros, asked):
    make, loan, pledge, consents, snapshot = map(
        request.getfixturevalue, ("make", "loan", "pledge", "consents", "snapshot")
    )
    backer = make.tested(make.account())
    if capacity is not None:
        make.simulated(backer, capacity)
    for before in earlier:
        pledge(loan, backer, before)
    threshold = max(1_000, (capacity or 0) // 2) * 100
    if asked:
        unchanged = snapshot()
        with pytest.raises(PledgeRefused, match="consent_missing") as refused:
            pledge(loan, backer, euros, "loan_risk")
        assert refused.value.facts["threshold_cents"] == threshold
        assert snapshot() == unchanged

    pledge(loan, backer, euros, "loan_risk", CONSENT)

    total = round((sum(earlier) + euros) * 100)
    over = [(CONSENT, total, threshold, words(CONSENT))] if asked else []
    assert consents() == [("loan_risk", total, None, words("loan_risk")), *over]


def test_another_offer_is_counted_by_itself(make, pledge):
    backer = make.tested(make.account())
    pledge(make.assessed(make.campaign(hard_cap=9_000)), backer, 1_000)

    pledge(make.assessed(make.campaign(hard_cap=9_000)), backer, 1_000)


def test_what_was_withdrawn_is_not_counted(make, loan, pledge):
    backer = make.tested(make.account())
    first = make.pledge(campaign=loan, backer=backer, amount=600)
    make.do(lambda session: services.withdraw(session, **first.ids, backer_id=backer.id, now=make.now))

    pledge(loan, backer, 1_000)


def test_words_of_yesterday_are_no_consent(make, loan, pledge):
    backer = make.tested(make.account())

    with pytest.raises(PledgeRefused, match="consent_missing"):
        pledge(loan, backer, 1_001, "total_loss")


def test_a_sophisticated_investor_is_asked_for_nothing(make, loan, pledge, consents):
    backer = make.sophisticated(make.account())

    pledge(loan, backer, 4_900)  # more asks for a second look at the proof of residence

    assert consents() == []


def test_after_two_years_they_are_asked_again(make, loan, pledge):
    backer, late = make.sophisticated(make.account()), make.now.replace(year=2028)
    fresh = make.assessed(make.campaign(hard_cap=9_000, now=late - timedelta(days=1)))
    still_home(make, backer, late)

    pledge(fresh, backer, 100, now=late - timedelta(seconds=1))
    with pytest.raises(PledgeRefused, match="knowledge_test_missing"):
        pledge(fresh, backer, 100, now=late)


def test_who_never_took_the_test_is_asked_to(make, loan, pledge, snapshot):
    backer = make.account()
    before = snapshot()

    with pytest.raises(PledgeRefused, match="knowledge_test_missing"):
        pledge(loan, backer, 10)

    assert snapshot() == before


def test_nobody_is_kept_out_for_failing(make, loan, pledge):
    unread = make.tested(make.account(), passed=False, read=False)
    read = make.tested(make.account(), passed=False, read=True)

    pledge(loan, read, 50)
    with pytest.raises(PledgeRefused, match="warning_unread"):
        pledge(loan, unread, 50)


def test_nobody_is_kept_out_for_being_poor(make, loan, pledge):
    backer = make.simulated(make.tested(make.account()), 0)

    pledge(loan, backer, 2_000, CONSENT)


def test_a_test_of_two_years_ago_is_taken_again(make, pledge):
    backer, late = make.tested(make.account()), make.now.replace(year=2028)
    fresh = make.assessed(make.campaign(hard_cap=9_000, now=late - timedelta(days=1)))
    still_home(make, backer, late)

    pledge(fresh, backer, 100, now=late - timedelta(seconds=1))
    with pytest.raises(PledgeRefused, match="knowledge_test_missing"):
        pledge(fresh, backer, 100, now=late)


def test_a_simulation_of_last_year_no_longer_raises_the_threshold(make, pledge):
    late = make.now.replace(year=2027)
    backer = make.simulated(make.tested(make.account()), 8_000)
    fresh = make.assessed(make.campaign(hard_cap=9_000, now=late - timedelta(days=1)))
    still_home(make, backer, late)

    pledge(fresh, backer, 1_001, now=late - timedelta(seconds=1))
    with pytest.raises(PledgeRefused, match="consent_missing"):
        pledge(fresh, backer, 10, now=late)


def test_the_waiting_list_asks_before_one_waits(make, pledge):
    full = make.campaign(hard_cap=100)
    make.pledge(campaign=full, amount=100)
    make.assessed(full)

    with pytest.raises(PledgeRefused, match="knowledge_test_missing"):
        pledge(full, make.account(), 50, may_wait=True)


def test_shares_are_whole(make, pledge, snapshot):
    campaign, backer = make.in_shares(make.campaign(hard_cap=1_000), 25), make.account()
    before = snapshot()

    with pytest.raises(PledgeRefused, match="not_whole_shares") as refused:
        pledge(campaign, backer, 60)

    assert (refused.value.facts["unit_cents"], refused.value.decision.limit_cents) == (25_00, 50_00)
    assert snapshot() == before
    pledge(campaign, backer, 75)


def test_one_cent_is_the_share_of_whatever_has_none(make, pledge):
    pledge(make.campaign(), make.account(), 10.01)


def test_what_is_left_is_said_in_whole_shares(make, pledge):
    campaign = make.in_shares(make.campaign(hard_cap=100), 25)
    make.pledge(campaign=campaign, amount=50)

    with pytest.raises(PledgeRefused, match="hard_cap") as refused:
        pledge(campaign, make.account(), 75)

    assert refused.value.decision.limit_cents == 50_00


def test_every_digest_that_is_kept_names_known_words(make, pledge, consents):
    pledge(make.campaign(), make.account(), 50, "gift_risk")

    assert all(texts.BY_SHA256[row.text_sha256].kind == row.kind for row in consents())


def still_home(make, person, at):
    """Prove again where somebody lives, an hour before: a proof holds for twelve months."""
    at -= timedelta(hours=1)
    judge = make.administrator().id
    make.do(lambda session: residency.renew(session, account_id=person.id, now=at))
    asked = make.do(lambda session: residency.ask_verification(session, account_id=person.id, now=at))
    make.do(lambda session: residency.verify(session, request_id=asked, administrator_id=judge, now=at))
