"""Who may pledge, how much, and with which card: what the site says, and what it does when it is not asked nicely."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from e2e import steps
from e2e.campaigns import pledges, publish
from playwright.sync_api import Page, expect
from sqlalchemy import text


@pytest.fixture(scope="module")
def campaign(live) -> UUID:
    """A collection for the inhabitants of Grand Poitiers."""
    return publish(live.database, "Un préau pour le marché de Ligugé", goal_cents=3_000_00, hard_cap_cents=4_000_00)


@pytest.fixture
def page_of(tour) -> Callable[[str], Page]:
    """Return somebody's page, on a wide screen."""

    def find(who: str) -> Page:
        page = tour.page(who)
        page.set_viewport_size({"width": 1280, "height": 900})
        return page

    return find


def token(page: Page) -> str:
    return page.locator("[name=csrf_token]").first.input_value()


def everything_written(live) -> dict[str, int]:
    """How much stands in the tables that a pledge writes to."""
    tables = ("pledge", "pledge_event", "decision", "audit_event", "procrastinate.procrastinate_jobs")
    with live.database.reading() as session:
        return {table: session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables}


def test_a_card_that_asks_for_the_bank_is_saved_once_it_agrees(live, page_of, campaign):
    page = page_of("odile")
    before = steps.raised(page, live.url, str(campaign))
    steps.promise(page, live.url, str(campaign), "200")
    steps.save_card(page, steps.CARD_3DS)
    page.get_by_role("button", name="Valider").click()
    steps.saved(page)
    assert steps.raised(page, live.url, str(campaign)) == before + 200_00


def test_a_card_that_the_bank_does_not_recognise_is_not_saved(live, page_of, campaign, watch):
    page = page_of("odile")
    steps.promise(page, live.url, str(campaign), "80")
    steps.save_card(page, steps.CARD_3DS)
    page.get_by_role("button", name="Refuser").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enregistrer une carte")
    expect(page.get_by_role("alert")).to_contain_text("La banque ne vous a pas reconnu")
    assert page.url.startswith(live.sandbox.url)
    page.goto(f"{live.url}/mes-engagements")
    expect(page.locator(".line", has_text="80 €")).to_contain_text("Carte à enregistrer")


def test_an_inhabitant_of_elsewhere_reads_why_not(live, page_of, campaign):
    page = page_of("jerome")
    page.goto(live.url)
    expect(page.locator("#projets article")).to_have_count(1)  # whose turn comes later
    expect(page.locator("#projets article")).to_contain_text("ouvre le")
    expect(page.locator("#plus-loin article").first).to_contain_text("réservé aux habitants")
    page.goto(f"{live.url}/collectes/{campaign}")
    expect(page.locator(".buy")).to_contain_text("Réservé aux habitants du Grand Poitiers")
    expect(page.locator(".buy")).to_contain_text("Vous habitez Bordeaux (Gironde), à 200 km.")
    expect(page.get_by_role("link", name="Participer dès")).to_have_count(0)
    expect(page.get_by_role("link", name="Participer au nom d’une organisation")).to_have_count(1)
    page.goto(f"{live.url}/collectes/{campaign}/participer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous ne pouvez pas participer à ce projet")
    expect(page.get_by_label("Montant")).to_have_count(0)


def test_forms_posted_by_hand_from_elsewhere_write_nothing(live, page_of, campaign, watch):
    page = page_of("jerome")
    page.goto(live.url)
    sent = {"csrf_token": token(page), "amount": "50", "understood": "y", "form_key": str(uuid4())}
    here = f"{live.url}/collectes/{campaign}"
    before = everything_written(live)
    watch.expect(422)
    for path in ("participer", "engagements"):
        answer = page.request.post(f"{here}/{path}", form=sent, max_redirects=0)
        assert answer.status == 422, path
        assert "vous n’y habitez pas" in answer.text(), path
    answer = page.request.get(f"{here}/participer/relire?montant=50", max_redirects=0)
    assert answer.status == 422
    assert everything_written(live) == before


def test_a_declared_inhabitant_is_shown_the_way_beyond_fifty_euros(live, page_of, campaign, watch):
    page = page_of("bastien")
    watch.expect(422)
    page.goto(f"{live.url}/collectes/{campaign}/participer")
    page.get_by_label("Montant en euros").fill("60")
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("#amount-error")).to_contain_text("vous pouvez engager 50 € par projet")
    expect(page.get_by_label("Montant en euros")).to_have_value("60")
    page.get_by_role("link", name="Faire vérifier mon adresse").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Poitiers (Vienne)")
    steps.promise(page, live.url, str(campaign), "50")
    steps.save_card(page)
    steps.saved(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci ! Vous êtes engagé·e pour 50 €.")


def test_a_double_click_makes_one_pledge(live, page_of, campaign):
    page = page_of("claire")
    before = pledges(live.database, campaign)
    page.goto(f"{live.url}/collectes/{campaign}/participer/relire?montant=40")
    steps.tick(page, "Je sais qu")
    page.get_by_role("button", name="S’engager").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enregistrer une carte")
    page.wait_for_load_state("networkidle")
    assert pledges(live.database, campaign) == before + 1


def test_a_visitor_prepares_a_pledge_and_loses_nothing_on_the_way_to_an_account(live, open_browser, campaign):
    page = open_browser().new_page()
    page.goto(f"{live.url}/collectes/{campaign}")
    page.get_by_role("link", name="Indiquer ma commune").first.click()
    page.get_by_label("Votre commune").fill("Chauvigny")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Montant en euros").fill("45")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Relisez avant de vous engager")
    expect(page.get_by_role("button", name="S’engager")).to_have_count(0)
    page.get_by_role("link", name="J’ai déjà un compte").click()
    page.get_by_label("Adresse électronique").fill("odile@demo-mitoyen.fr")
    page.get_by_label("Mot de passe").fill("voisins-voisines")
    page.get_by_role("button", name="Me connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Relisez avant de vous engager")
    expect(page.locator("main")).to_contain_text("45 €")
    expect(page.get_by_role("button", name="S’engager")).to_be_visible()
