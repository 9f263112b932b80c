"""The key information sheet: complete by parts, six pages at most, named, versioned."""

from dataclasses import replace
from datetime import date, timedelta

import pypdfium2
import pytest

from marketplace.finance.schedules import Line
from marketplace.projects import carrying, identifier
from marketplace.projects.details import MOST_MEMBERS, RISK_LENGTH, RISKS, Details, Member
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.sheet_parts import OWN_RISKS
from marketplace.projects.term_rules import TEXT_LENGTH
from marketplace.projects.terms import Raise
from marketplace.projects.uses import MOST_USES, Use
from marketplace.web.instruments import sheets
from marketplace.web.instruments.sheet_words import Facts
from marketplace.web.labels import RISK_LABELS
from tests.factories.instruments import offered
from tests.factories.organisations import SIREN

# Regulation (EU) 2020/1503, art. 23(6)(b) and (c), in the words of the Official Journal.
DISCLAIMER = (
    "This crowdfunding offer has been neither verified nor approved by competent authorities or the European "
    "Securities and Markets Authority (ESMA). The appropriateness of your experience and knowledge have not "
    "necessarily been assessed before you were granted access to this investment. By making this investment, you "
    "assume full risk of taking this investment, including the risk of partial or entire loss of the money "
    "invested."
)
WARNING = (
    "Investment in this crowdfunding project entails risks, including the risk of partial or entire loss of the "
    "money invested. Your investment is not covered by the deposit guarantee schemes established in accordance with"
    " Directive 2014/49/EU of the European Parliament and of the Council. Nor is your investment covered by the "
    "investor compensation schemes established in accordance with Directive 97/9/EC of the European Parliament and "
    "of the Council. You may not receive any return on your investment. This is not a savings product and we advise"
    " you not to invest more than 10 % of your net worth in crowdfunding projects. You may not be able to sell the "
    "investment instruments when you wish. If you are able to sell them, you may nonetheless incur losses."
)
WITH_SHEET = [code for code, known in INSTRUMENTS.items() if known.sheet]


def pages(body):
    document = pypdfium2.PdfDocument(body)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


@pytest.mark.parametrize("instrument", WITH_SHEET)
def test_the_sheet_of_a_published_campaign_is_whole(make, reader, instrument):
    campaign = make.campaign(**offered(instrument))

    answer = reader.get(f"/collectes/{campaign.id}/fiche-informations-cles.pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = " ".join(pages(answer.data))
    assert text.startswith(f"Fiche d’informations clés sur l’investissement {DISCLAIMER}")
    assert WARNING in text
    assert text.count("Notre traduction") == 2
    assert identifier.PLATFORM in text
    parts = [letter for letter in "ABCDEFGH" if f"Partie {letter} –" in text]
    assert "".join(parts) == ("ABCGH" if INSTRUMENTS[instrument].sheet == "loan" else "ABCDEFH")
    assert b"/MarkInfo" in answer.data or b"/StructTreeRoot" in answer.data
    assert text.count("Le four peut tomber en panne.") == len(OWN_RISKS)
    assert [label for label in RISK_LABELS.values() if str(label) not in text] == []
    assert "2. Le métier, le secteur" in text


def test_the_sheet_of_an_announced_campaign_says_when_it_opens(make, reader):
    campaign = make.campaign(**offered("bond"), opens_on=date(2026, 11, 30))

    text = " ".join(pages(reader.get(f"/collectes/{campaign.id}/fiche-informations-cles.pdf").data))

    assert "Premier jour 30 novembre 2026, ou la publication si elle vient après Dernier jour" in text


def test_an_offer_keeps_its_number_and_two_have_two(make, reader):
    first, second = make.campaign(**offered("loan")), make.campaign(**offered("bond"))
    texts = [
        " ".join(pages(reader.get(f"/collectes/{one.id}/fiche-informations-cles.pdf").data)) for one in (first, second)
    ]
    numbers = [text[text.index(identifier.PLATFORM) :][:28] for text in texts]

    assert len(set(numbers)) == 2
    assert all(number[20:].isdecimal() for number in numbers)


def test_the_sheet_names_its_version_and_is_not_sent_twice(make, reader):
    campaign = make.campaign(**offered("loan"))
    path = f"/collectes/{campaign.id}/fiche-informations-cles.pdf"
    answer = reader.get(path)
    digest = answer.get_etag()[0]

    assert f"Version 1, empreinte SHA-256 {digest}" in " ".join(pages(answer.data))
    assert reader.get(path, headers={"If-None-Match": f'"{digest}"'}).status_code == 304


def test_an_organisation_is_named_with_its_number(make, client, sign_in):
    owner = make.account()
    body = make.organisation(manager=owner, legal_form="scop")
    campaign = make.campaign(state="draft", owner=owner, **offered("cooperative_share"))
    path = f"/mes-projets/{campaign.id}/fiche-informations-cles.pdf"
    browser = sign_in(client, owner)
    alone = " ".join(pages(browser.get(path).data))

    make.do(
        lambda session: carrying.carry(
            session, campaign_id=campaign.id, owner_id=owner.id, organisation_id=body.id, now=make.now
        )
    )
    carried = " ".join(pages(browser.get(path).data))

    assert "SIREN" not in alone
    assert f"La scierie du Clain SIREN {SIREN}" in carried


@pytest.mark.parametrize("instrument", ["gift", "gift_with_reward", "interest_free_loan"])
def test_what_the_regulation_leaves_out_has_no_sheet(make, reader, instrument):
    campaign = make.campaign(**offered(instrument))

    assert reader.get(f"/collectes/{campaign.id}/fiche-informations-cles.pdf").status_code == 404


@pytest.mark.parametrize("instrument", WITH_SHEET)
def test_the_longest_sheet_has_six_pages(make, site, instrument):
    facts = offered(instrument)
    names = INSTRUMENTS[instrument].every_term
    longest = {name: ("mot " * most)[:most] for name, most in TEXT_LENGTH.items() if name in names}
    raises = tuple(Raise(date(2026, 1, 1), 1_000_000_00) for _ in range(3))
    facts["terms"] = replace(facts["terms"], **longest, raises=raises, own_funds_cents=1_00, ring_rates=())
    content = replace(
        make.content(**facts),
        details=Details(
            risks=dict.fromkeys(RISKS, ("mot " * 150)[: RISK_LENGTH.stop - 1]),
            team=(Member("mot " * 30, "mot " * 30),) * MOST_MEMBERS,
        ),
        name="mot " * 22,
        title="mot " * 22,
        summary="mot " * 60,
        uses=(Use("mot " * 20, 1_000_00),) * MOST_USES,
    )
    example = tuple(Line(month, 1_00, 1_00, 0) for month in range(1, 361))
    past = [("mot " * 22, date(2026, 1, 1) + timedelta(days=day), 1_000_000_00) for day in range(5)]
    told = Facts("mot " * 20, "9" * 9, "W" * 10, "mot " * 10, date(2027, 1, 1), past, 1_000_00, example)

    with site.test_request_context():
        body = sheets.render(content, told, (identifier.of_offer(1), "v1", "0" * 64))

    assert len(pages(body)) <= 6


def test_an_owner_and_the_administrators_read_it_before_it_is_public(make, reader_of):
    draft = make.campaign(state="submitted", **offered("loan"))
    path = f"/mes-projets/{draft.id}/fiche-informations-cles.pdf"

    for person in (draft.owner, make.administrator()):
        assert "donné à la publication" in " ".join(pages(reader_of(person).get(path).data))
    assert reader_of(make.account()).get(path).status_code == 404


def test_a_version_frozen_before_the_seven_kinds_keeps_its_one_text(make, site):
    facts = offered("loan", risks="Un été gris.")
    told = Facts("Nadia", "", "", "Poitiers", date(2027, 1, 1), (), 1_000_00, ())

    with site.test_request_context():
        body = sheets.render(make.content(**facts), told, None)

    assert "Un été gris." in " ".join(pages(body))
