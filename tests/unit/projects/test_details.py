"""Team, risks, promises, needs and other money: kept as written, and whole when they are sent."""

from dataclasses import replace

import pytest

from marketplace.projects import completeness, details, rules
from marketplace.projects.details import Details, Member, Need, Photo, Promises, Source
from marketplace.projects.rules import Content
from marketplace.projects.uses import Use

WHOLE = Details(
    sources=(Source("grant", "La Région", 5_000_00, certain=True),),
    photos=(Photo("Le four à bois", "a" * 64, "b" * 64, 1600, 1200),),
    team=(Member("Nadia Berthault", "boulangère", "Dix ans de fournil."),),
    risks={"project": "Le four peut être livré trois mois plus tard que prévu."},
    promises=Promises(2, 3, 80, "Du pain dans trois écoles."),
    needs=(Need("tool", "Une remorque", 4),),
)


def codes(said):
    return {(place, code) for place, code, _facts in details.problems(said)}


def test_they_are_read_as_they_were_written():
    assert Details.from_json(WHOLE.as_json()) == WHOLE
    assert Details.from_json({}) == details.NONE


def test_what_is_whole_or_not_begun_keeps_nothing_from_being_sent():
    assert codes(WHOLE) == codes(details.NONE) == set()


@pytest.mark.parametrize(
    ("begun", "wrong"),
    [
        (Details(sources=(Source("grant", "La Région"),)), ("sources-0-cents", "amount_not_positive")),
        (Details(sources=(Source(None, "La Région", 1),)), ("sources-0-kind", "detail_kind_missing")),
        (Details(team=(Member("Nadia Berthault"),)), ("team-0-role", "detail_missing")),
        (Details(team=(Member("N" * 121, "boulangère"),)), ("team-0-name", "detail_too_long")),
        (Details(risks={"sector": "La crise."}), ("risk_sector", "risk_too_short")),
        (Details(risks={"sector": "x" * 601}), ("risk_sector", "detail_too_long")),
        (Details(promises=Promises(purchases_percent=101)), ("purchases_percent", "detail_percent_too_high")),
        (Details(promises=Promises(jobs_created=10_000)), ("jobs_created", "detail_jobs_too_many")),
        (Details(needs=(Need("tool"),)), ("needs-0-label", "detail_missing")),
    ],
)
def test_what_is_begun_must_be_whole(begun, wrong):
    assert wrong in codes(begun)


def test_empty_lines_are_dropped_and_texts_cleaned():
    untidy = replace(WHOLE, team=(Member(), Member(" Nadia \u202e Berthault ", "boulangère")), risks={"other": " "})

    tidy = details.cleaned(untidy, rules.clean_line)

    assert tidy.team == (Member("Nadia Berthault", "boulangère"),)
    assert tidy.risks == {}


def test_spending_is_what_is_raised_and_the_other_money():
    content = Content(goal_cents=1_000_00, uses=(Use("Le four", 6_000_00),), details=WHOLE)

    found = [problem.code for problem in rules._use_problems(content)]
    alone = [problem.code for problem in rules._use_problems(replace(content, details=details.NONE))]

    assert (found, alone) == ([], ["uses_differ_from_goal"])


def test_a_campaign_that_says_everything_is_complete():
    said = Content(
        story_markdown="x" * 600,
        uses=(Use("Le four", 1_00, "86194", "Four & Fils"),),
        details=replace(WHOLE, risks=dict.fromkeys(details.RISKS, "Un risque dit avec nos mots.")),
    )

    assert completeness.of(said) == completeness.Completeness(100, ())
    assert completeness.of(Content()).percent == 0
    assert sum(point.weight for point in completeness.POINTS) == 100
