"""Reports, complaints, corrections, cancellation and second looks, as people see them."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core import audit
from marketplace.moderation import registers, services
from marketplace.moderation.models import Complaint, Correction, Report
from marketplace.projects.models import Campaign
from tests.factories.moderation import NOTE, ask_again, ask_correction, check_everything, complain, report
from tests.web.pages import by_id, links, parse, text_of

pytestmark = pytest.mark.untimed
COMPLAINT = {"name": "Jeanne Petit", "contact": "jeanne@exemple.fr", "subject": "Un délai", "words": "Rien ne vient."}


def plain(tree):
    return text_of(tree).replace("\u202f", " ").replace("\xa0", " ")


def state_of(session, campaign_id):
    session.expire_all()
    return session.scalars(select(Campaign.state).where(Campaign.id == campaign_id)).one()


def correction_form(campaign, **typed):
    return {
        "version": "1",
        "name": "Le fournil des voisins",
        "legal_form": "scic",
        "title": "Un four à gaz pour le fournil",
        "summary": "Un four partagé pour cuire le pain du quartier.",
        "story": "Nous cuisons le pain ensemble depuis trois ans.\n\nIl nous faut un four à gaz, à Poitiers.",
        "because": NOTE,
        **typed,
    }


def test_anybody_reports_a_campaign_from_its_page(reader, make, session, desk):
    campaign = make.campaign()
    path = links(reader.page(f"/collectes/{campaign.id}"))["Signaler cette collecte"]
    assert "votre signalement est anonyme" in plain(reader.page(path))

    refused = reader.post(path, reason="", words="Le budget est faux.")
    assert refused.status_code == 422
    assert "Le budget est faux." in refused.text
    assert reader.post(path, reason="misleading", words="Le budget est faux.").status_code == 303

    row = session.scalars(select(Report)).one()
    assert (row.reporter_id, row.reason) == (None, "misleading")
    listed = desk.page("/moderation/signalements")
    assert "Une information me paraît fausse ou trompeuse" in plain(listed)
    answered = desk.post(f"/moderation/signalements/{row.id}", outcome="unfounded", answer="Le budget est juste.")
    assert answered.status_code == 303
    assert "Aucun signalement" in plain(desk.page("/moderation/signalements"))
    assert "Non fondé" in plain(desk.page("/moderation/signalements?liste=traites"))


def test_reports_from_one_place_are_counted(reader, make):
    path = f"/collectes/{make.campaign().id}/signaler"
    for _ in range(5):
        assert reader.post(path, reason="other", words="Quelque chose ne va pas.").status_code == 303
    assert reader.post(path, reason="other", words="").status_code == 422, "a mistake costs nothing"

    assert reader.post(path, reason="other", words="Quelque chose ne va pas.").status_code == 429


def test_a_complaint_goes_from_its_form_to_its_answer(reader_of, make, desk, session):
    person = make.account(name="Jeanne Petit")
    hers = reader_of(person)

    refused = hers.post("/mes-reclamations/nouvelle", **COMPLAINT | {"words": "", "damage": "beaucoup"})
    tree = parse(refused)
    assert refused.status_code == 422
    assert by_id(tree, "damage").get("value") == "beaucoup"
    assert by_id(tree, "subject").get("value") == "Un délai"
    assert hers.post("/mes-reclamations/nouvelle", **COMPLAINT, damage="12,50").status_code == 303

    row = session.scalars(select(Complaint)).one()
    here = f"/moderation/reclamations/{row.id}"
    assert desk.post(f"{here}/recevabilite", admissible="").status_code == 422
    assert desk.post(f"{here}/recevabilite", admissible="yes").status_code == 303
    assert desk.post(f"{here}/delai", because="Un expert doit regarder.").status_code == 303
    kept = desk.post(f"{here}/reponse", outcome="", answer="Vous aviez raison.")
    assert kept.status_code == 422
    assert "Vous aviez raison." in kept.text
    assert desk.post(f"{here}/reponse", outcome="accepted", answer="Vous aviez raison.").status_code == 303
    said = plain(hers.page(f"/mes-reclamations/{row.id}"))
    assert "Acceptée" in said
    assert "Vous aviez raison." in said
    assert "12,50 €" in said
    assert reader_of(make.account()).get(f"/mes-reclamations/{row.id}").status_code == 404


def test_the_register_is_a_file_without_formulas(make, desk, session):
    complain(session, account_id=make.account().id, now=make.now)
    session.scalars(select(Complaint)).one().subject = "=HYPERLINK(1)"
    session.commit()

    answer = desk.get("/moderation/reclamations.csv")

    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert answer.text.startswith("\ufeff")
    assert [row["objet"] for row in rows] == ["'=HYPERLINK(1)"]


def test_a_material_correction_goes_from_owner_to_backers(reader, reader_of, make, desk, session):
    campaign = make.campaign()
    backer = make.account()
    make.pledge(campaign=campaign, backer=backer, amount=20)
    owner = reader_of(campaign.owner)
    here = f"/mes-projets/{campaign.id}/correction"
    assert "1 personne est engagée" in plain(owner.page(here))

    kept = owner.post(here, **correction_form(campaign, because=""))
    assert kept.status_code == 422
    assert "Il nous faut un four à gaz" in kept.text
    assert owner.post(here, **correction_form(campaign)).status_code == 303
    assert "attend une décision" in plain(owner.page(here))

    found = session.scalars(select(Correction)).one()
    asked = desk.page(f"/moderation/corrections/{found.id}")
    assert "1 personne est engagée, pour 20 €" in plain(asked)
    assert next(text_of(one) for one in asked.iter("ins")).endswith("gaz")
    decided = desk.post(f"/moderation/corrections/{found.id}", verdict="material", note="Le four n’est plus le même.")
    assert decided.status_code == 303

    page = plain(reader.page(f"/collectes/{campaign.id}"))
    assert "1 correction depuis la publication" in page
    assert NOTE in page
    assert "econfirmer" in plain(reader_of(backer).page("/mes-engagements"))


def test_a_correction_that_is_refused_or_taken_back_leaves_the_page(reader_of, make, desk, session):
    campaign = make.campaign()
    owner = reader_of(campaign.owner)
    here = f"/mes-projets/{campaign.id}/correction"
    assert owner.post(here, **correction_form(campaign)).status_code == 303
    assert owner.post(f"{here}/retirer").status_code == 303
    assert owner.post(here, **correction_form(campaign)).status_code == 303
    waiting = registers.corrections_waiting(session)[0]

    assert desk.post(f"/moderation/corrections/{waiting.id}", verdict="refused", note=NOTE).status_code == 303
    assert desk.post(f"/moderation/corrections/{waiting.id}", verdict="minor", note=NOTE).status_code == 422
    assert "Refusée" in plain(owner.page(here))


def test_everybody_reads_why_a_campaign_stands_still_or_ended(reader, reader_of, make, desk, session):
    campaign = make.campaign()
    here = f"/moderation/campagnes/{campaign.id}"
    assert desk.post(f"{here}/suspendre", **{"suspension-note": "court"}).status_code == 422
    assert desk.post(f"{here}/suspendre", **{"suspension-note": "Le prix du four est faux."}).status_code == 303
    assert "Le prix du four est faux." in plain(reader.page(f"/collectes/{campaign.id}"))
    assert state_of(session, campaign.id) == "suspended"
    assert desk.post(f"{here}/reprendre", **{"reprise-note": "Le prix était le bon."}).status_code == 303
    assert "Le prix du four est faux." not in plain(reader.page(f"/collectes/{campaign.id}"))

    owner = reader_of(campaign.owner)
    assert owner.post(f"/mes-projets/{campaign.id}/annulation", note="Le bail nous est refusé.").status_code == 303
    said = plain(reader.page(f"/collectes/{campaign.id}"))
    assert "Son porteur a annulé cette collecte." in said
    assert "Le bail nous est refusé." in said


def test_two_administrators_end_a_large_campaign(reader_of, make, session):
    campaign = make.campaign(state="submitted", hard_cap=150_000)
    judges = [make.account(administrator=True) for _ in range(2)]
    who = {"campaign_id": campaign.id, "now": make.now}
    make.do(lambda s: check_everything(s, **who, administrator_id=judges[0].id))
    for judge in judges:
        make.do(lambda s, judge=judge: services.approve(s, **who, administrator_id=judge.id))
    first, second = (reader_of(judge) for judge in judges)
    here = f"/moderation/campagnes/{campaign.id}"

    assert first.post(f"{here}/annuler", **{"annulation-note": "Le projet est une fraude."}).status_code == 303
    assert state_of(session, campaign.id) == "live"
    assert "Le projet est une fraude." in plain(second.page(here))
    assert first.post(f"{here}/annuler", **{"annulation-note": "Le projet est une fraude."}).status_code == 422
    assert second.post(f"{here}/annuler", **{"annulation-note": "Le projet est une fraude."}).status_code == 303
    assert state_of(session, campaign.id) == "cancelled"


def test_a_refusal_is_looked_at_again(reader_of, make, desk, session):
    campaign = make.campaign(state="refused")
    owner = reader_of(campaign.owner)
    there = links(owner.page(f"/mes-projets/{campaign.id}"))["Demander un réexamen"]
    assert owner.post(there, reason="court").status_code == 422
    assert owner.post(there, reason="Le lieu est bien dans le territoire.").status_code == 303
    assert "à l’étude" in plain(owner.page(there))

    assert "Le lieu est bien dans le territoire." in plain(desk.page(f"/moderation/reexamens/{campaign.id}"))
    kept = desk.post(f"/moderation/reexamens/{campaign.id}", outcome="", answer="Le lieu est le bon.")
    assert kept.status_code == 422
    assert "Le lieu est le bon." in kept.text
    typed = {"outcome": "overturned", "answer": "Le lieu est le bon."}
    assert desk.post(f"/moderation/reexamens/{campaign.id}", **typed).status_code == 303

    assert state_of(session, campaign.id) == "changes_requested"
    assert "Le refus est levé." in plain(owner.page(there))


def test_how_collections_are_read_is_public(reader):
    said = plain(reader.page("/relecture"))

    for expected in ("Bénéficiaires effectifs connus", "Doublon", "deux administrateurs", "cinq jours ouvrés"):
        assert expected in said


def test_the_log_is_searched_page_by_page_and_its_chain_followed(make, desk, session):
    judge, subject = make.account(administrator=True, name="Jeanne Relit").id, make.campaign().id
    for number in range(60):
        audit.record(
            session,
            actor_id=judge,
            action="campaign.test",
            subject_kind="campaign",
            subject_id=subject,
            now=make.now + timedelta(minutes=number),
            reason="=1+1",
        )
    session.commit()
    audit.chain(session)
    session.commit()

    def rows(path):
        return list(desk.page(path).iter("tr"))[1:]

    first = desk.page("/moderation/journal?acte=campaign.test")
    assert len(list(first.iter("tr"))) == 51
    assert len(rows(links(first)["Plus anciens"])) == 10
    assert len(rows(f"/moderation/journal?qui={judge}")) == 50
    assert "Aucun acte ne correspond." in plain(desk.page("/moderation/journal?acte=campaign.test&au=01/01/2020"))
    assert "La chaîne tient" in plain(desk.page("/moderation/journal?chaine=verifier"))
    answer = desk.get("/moderation/journal.csv?acte=campaign.test")
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert len(lines) == 60
    assert {line["qui"] for line in lines} == {"Jeanne Relit"}


LONG = "é" * 5_000
# These forms are not on the page as the campaign, or the complaint, stands.
OVER = ("/reprendre", "/delai", "/reponse", "/reexamen")
HOSTILE = [LONG, "", " ", "\x00", "\u202e\U0010ffff", "<script>alert(1)</script>", "-1", "9" * 40, "=1+1", "٣"]


def forms(make):
    """Every form of this area: path → the names of its fields, who sends it."""
    live, refused = make.campaign(), make.campaign(state="refused")
    waiting = make.campaign(state="submitted")
    other = make.campaign()
    person = make.account()
    now = make.now
    correction = make.do(lambda s: ask_correction(s, campaign_id=other.id, owner_id=other.owner.id, now=now))
    make.do(lambda s: ask_again(s, campaign_id=refused.id, owner_id=refused.owner.id, now=now))
    seen = make.do(lambda s: report(s, campaign_id=live.id, now=now))
    filed = make.do(lambda s: complain(s, account_id=person.id, now=now))
    here = f"/moderation/campagnes/{live.id}"
    return {
        "anybody": {f"/collectes/{live.id}/signaler": ("reason", "words")},
        live.owner: {
            f"/mes-projets/{live.id}/correction": tuple(correction_form(live)),
            f"/mes-projets/{live.id}/annulation": ("note",),
            "/mes-reclamations/nouvelle": (*COMPLAINT, "damage", "dates", "documents", "representative", "reference"),
        },
        refused.owner: {f"/mes-projets/{refused.id}/reexamen": ("reason",)},
        "desk": {
            f"/moderation/campagnes/{waiting.id}/verifications": ("identity_answer", "identity_note", "sans_objet"),
            f"{here}/suspendre": ("suspension-note",),
            f"{here}/reprendre": ("reprise-note",),
            f"{here}/annuler": ("annulation-note",),
            f"/moderation/corrections/{correction}": ("verdict", "note"),
            f"/moderation/reexamens/{refused.id}": ("outcome", "answer"),
            f"/moderation/signalements/{seen}": ("outcome", "answer"),
            f"/moderation/reclamations/{filed}/recevabilite": ("admissible", "because"),
            f"/moderation/reclamations/{filed}/delai": ("because",),
            f"/moderation/reclamations/{filed}/reponse": ("outcome", "answer"),
        },
    }


def test_whatever_is_typed_is_answered_and_given_back(make, reader, reader_of, desk):
    found = forms(make)
    browsers = {who: reader if who == "anybody" else desk if who == "desk" else reader_of(who) for who in found}
    every = [(who, path, names) for who, paths in found.items() for path, names in paths.items()]
    for value in HOSTILE:
        for who, path, names in every:
            answer = browsers[who].post(path, **dict.fromkeys(names, value))
            assert answer.status_code in {303, 404, 422, 429}, (path, value, answer.status_code)
            if answer.status_code == 422 and value == LONG and not path.endswith(OVER):
                tree = parse(answer)
                shown = [area.text or "" for area in tree.iter("textarea")]
                shown += [box.get("value") or "" for box in tree.iter("input")]
                assert any(LONG in one for one in shown), path


@pytest.mark.parametrize(
    "query",
    [{name: value} for name in ("acte", "qui", "objet", "du", "au", "avant", "chaine") for value in HOSTILE[3:]],
)
def test_odd_searches_of_the_log_show_it(desk, query):
    assert desk.get("/moderation/journal", query_string=query).status_code == 200
