"""What a machine saw, on which evidence, where to look; and the list filtered by every instrument."""

from dataclasses import replace

import pytest

from marketplace.moderation import sheet
from marketplace.projects.details import Member
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.uses import Use
from marketplace.web.labels import INSTRUMENTS as NAMES
from marketplace.web.moderation.evidence import HELPS
from tests.factories.instruments import RISKS, offered
from tests.web.pages import by_id, links, parse, text_of

HERE, FAR = "86133", "75056"


@pytest.fixture
def desk(reader_of, make):
    return reader_of(make.administrator())


def read(desk, campaign):
    return desk.page(f"/moderation/campagnes/{campaign.id}")


def submitted(make, **content):
    return make.campaign(state="submitted", commune=HERE, **content)


def test_the_list_is_filtered_by_each_instrument_there_is(desk, make):
    submitted(make, **offered("bond"))

    chips = {link.get("href"): link for link in desk.page("/moderation?nature=bond").iter("a")}

    for code in INSTRUMENTS:
        chip = chips[f"/moderation?nature={code}"]
        assert text_of(chip).startswith(str(NAMES[code]))
        assert text_of(chip).endswith("1" if code == "bond" else "0")
        assert (chip.get("aria-current") == "true") == (code == "bond")


def test_a_share_that_is_spent_near_is_shown_with_each_line(desk, make):
    uses = (Use("Le four", 700_00, HERE, "Atelier Flamme"), Use("La peinture", 300_00))
    tree = read(desk, submitted(make, uses=uses))
    seen = text_of(by_id(tree, "vu-local_share"))

    assert "70 % de l’argent est dépensé à moins de 20 km du projet. 1 dépense ne dit pas où" in seen
    assert "Le four – 700 € – Atelier Flamme – Ligugé" in seen
    assert "La peinture – 300 € – lieu non dit" in seen
    assert seen.endswith("Bon")
    assert by_id(tree, "depenses") is not None


def test_money_that_leaves_is_to_be_looked_at(desk, make):
    tree = read(desk, submitted(make, uses=(Use("Le four", 600_00, FAR), Use("La peinture", 400_00, HERE))))

    assert text_of(by_id(tree, "vu-local_share")).endswith("À voir")


def test_what_the_sheet_lacks_is_said_by_part_with_where_its_owner_mends_it(desk, make):
    campaign = submitted(make, **offered("loan"))
    tree = read(desk, campaign)
    seen = text_of(by_id(tree, "vu-sheet_whole"))

    assert "Partie A – Le porteur et le projet : Équipe (L’équipe et les risques) ; Code NAF (Les conditions)" in seen
    assert "Partie B – La collecte : Ce que vous mettez vous-même (Les conditions)" in seen
    assert seen.endswith("À voir")
    assert links(tree)["Lire la fiche (PDF)"] == f"/mes-projets/{campaign.id}/fiche-informations-cles.pdf"


def test_a_whole_sheet_is_said_to_be(desk, make):
    facts = offered("loan", naf="10.71C", own_funds_cents=0)
    facts["details"] = replace(RISKS, team=(Member("Nadia", "gérante"),))
    tree = read(desk, submitted(make, **facts, uses=(Use("Le four", 1_000_00, HERE),)))

    assert text_of(by_id(tree, "vu-sheet_whole")).endswith("Bon")


def test_a_gift_has_no_sheet_to_check(desk, make):
    assert "vu-sheet_whole" not in {element.get("id") for element in read(desk, submitted(make)).iter()}


def test_items_of_the_sheet_show_what_the_machine_saw(desk, make):
    tree = read(desk, submitted(make, **offered("loan"), uses=(Use("Le four", 1_000_00, HERE),)))
    seen = [link.get("href") for link in tree.iter("a") if text_of(link).startswith("Vu par la machine")]

    assert {"#vu-local_share", "#vu-sheet_whole", "#vu-dates_allowed"} <= set(seen)
    assert {item for items in HELPS.values() for item in items} <= set(sheet.ALL)


def test_the_owner_reads_the_same_gaps_each_with_a_link(reader_of, make):
    draft = make.campaign(state="draft", **offered("loan"))
    tree = reader_of(draft.owner).page(f"/mes-projets/{draft.id}")
    found = links(tree)

    assert found["Code NAF"] == f"/mes-projets/{draft.id}/conditions"
    assert found["Équipe"] == f"/mes-projets/{draft.id}/modifier/equipe"


@pytest.mark.parametrize("kind", ["project", "other"])
def test_a_risk_that_is_missing_keeps_a_loan_from_being_sent(reader_of, make, kind):
    facts = offered("loan")
    facts["details"] = replace(RISKS, risks={k: v for k, v in RISKS.risks.items() if k != kind})
    draft = make.campaign(state="draft", **facts)
    owner = reader_of(draft.owner)

    answer = owner.post(f"/mes-projets/{draft.id}/envoyer")

    assert answer.status_code == 422
    assert "Dites ce risque en une phrase" in text_of(parse(answer))
