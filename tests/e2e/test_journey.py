"""The main job, from the first line of a collection to a pledge withdrawn, with scripts and without."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from e2e import redress, steps
from playwright.sync_api import BrowserContext, Page, expect

from marketplace.core import clock
from marketplace.projects import days

PASSWORD = "quatre-mots-sans-rapport"
TYPED = {
    "Nom du projet": "Les Amis du four",
    "Titre de la collecte": "",
    "Résumé": "Le four banal du lavoir ne sert plus. Nous le remontons, et nous y cuirons le samedi.",
    "Seuil de réussite": "200",
    "Objectif": "400",
    "Plafond": "beaucoup",
    "Votre histoire": "Nous sommes douze voisins.",
}
STORY = """Nous sommes douze voisins de Ligugé. Le four banal a cent ans.

## À quoi servira l’argent

Les briques et le maçon, tous deux de la commune."""


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def people(request: pytest.FixtureRequest, open_browser: Callable[..., BrowserContext]) -> Callable[[], Page]:
    """Open one more browser, with scripts or without."""
    return lambda: open_browser(java_script_enabled=request.param).new_page()


def test_a_collection_is_written_read_corrected_published_supported_and_left(live, people, watch, request) -> None:
    serial = request.node.callspec.id.replace(" ", "-")
    title, email = f"Rallumer le four du lavoir, {serial}", f"lea-{serial}@exemple.fr"
    owner, administrator, resident = people(), people(), people()
    confirm_an_account(owner, live.url, email)
    watch.expect(422)
    write_a_collection(owner, live.url, title)
    steps.sign_in(administrator, live.url, "helene")
    send_it_back(administrator, live.url, title)
    correct_it(owner, live.url, title, email)
    approve_it(administrator, live.url, title)
    steps.open_letter(owner, live.url, to=email, subject=f"« {title} » est en ligne")
    steps.sign_in(resident, live.url, "claire")
    campaign = find_it_near_home(resident, live.url, title)
    pledge_and_change_ones_mind(resident, live.url, campaign, title)


def confirm_an_account(page: Page, site: str, email: str) -> None:
    steps.sign_up(page, site, name="Léa Four", email=email, commune="Ligugé", password=PASSWORD)
    page.goto(steps.follow_letter(page, site, to=email, subject="Confirmez votre adresse"))
    page.get_by_role("button", name="Oui, confirmer mon adresse").click()
    expect(page.get_by_role("status")).to_contain_text("Votre adresse est confirmée.")
    steps.sign_in(page, site, email, password=PASSWORD)
    expect(page.locator(".where")).to_contain_text("Ligugé")


def write_a_collection(page: Page, site: str, title: str) -> None:
    page.goto(f"{site}/proposer")
    page.get_by_role("link", name="Commencer").click()
    for label, text in TYPED.items():
        page.get_by_label(label, exact=False).fill(text)
    page.get_by_label("Commune du projet").fill("Ligugé")
    page.get_by_label("Forme juridique").select_option("Association")
    page.get_by_label("Domaine").select_option(index=1)
    line = page.get_by_role("group", name="Dépense 1")
    for label, text in {"À quoi sert": "Les briques", "Montant": "400", "Commune": "Vivonne"}.items():
        line.get_by_label(label).fill(text)
    steps.tick(page, re.compile(r"^\s*Don\s*$"))
    steps.tick(page, "Mon intercommunalité")
    ends = days.paris_day(clock.real_now()) + timedelta(days=40)
    page.get_by_label("Dernier jour de la collecte").fill(f"{ends:%d/%m/%Y}")
    send(page)
    # What cannot be read stops it before anything is kept; what is missing is said afterwards. Nothing typed is lost.
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.get_by_label("Plafond")).to_have_value("beaucoup")
    expect(page.get_by_label("Plafond")).to_have_attribute("aria-invalid", "true")
    for label in ("Nom du projet", "Résumé", "Seuil de réussite", "Votre histoire"):
        expect(page.get_by_label(label, exact=False)).to_have_value(TYPED[label])
    page.get_by_label("Plafond").fill("600")
    send(page)
    expect(page.locator(".summary")).to_contain_text("Saisissez un titre")
    expect(page.locator(".summary")).to_contain_text("au moins 50 caractères")
    expect(page.locator("#title-error")).to_contain_text("Saisissez un titre")
    expect(page.get_by_label("Votre histoire")).to_have_value(TYPED["Votre histoire"])
    expect(page.get_by_label("Dernier jour de la collecte")).to_have_value(f"{ends:%d/%m/%Y}")
    page.get_by_label("Titre de la collecte").fill(title)
    page.get_by_label("Votre histoire").fill(STORY)
    send(page)
    expect(page.get_by_role("status")).to_contain_text("Votre collecte est envoyée")


def send(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer et envoyer en relecture").click()


def send_it_back(page: Page, site: str, title: str) -> None:
    page.goto(f"{site}/moderation")
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name="Vérifications automatiques")).to_be_visible()
    page.get_by_role("button", name="Renvoyer au porteur").click()
    expect(page.locator(".summary")).to_contain_text("Choisissez au moins un motif")
    steps.tick(page.locator("form", has=page.get_by_role("button", name="Renvoyer au porteur")), "Usage des fonds flou")
    page.get_by_label("Ce que le porteur doit savoir").first.fill("Dites ce que coûtent les briques et le maçon.")
    page.get_by_role("button", name="Renvoyer au porteur").click()
    expect(page.get_by_role("status")).to_contain_text("La collecte est renvoyée au porteur.")
    expect(page.get_by_role("link", name=title)).to_have_count(0)


def correct_it(page: Page, site: str, title: str, email: str) -> None:
    letter = steps.open_letter(page, site, to=email, subject=f"« {title} » est à compléter")
    expect(letter).to_contain_text("Dites ce que coûtent les briques")
    page.goto(f"{site}/mes-projets")
    page.get_by_role("link", name=title).click()
    expect(page.locator("main")).to_contain_text("Dites ce que coûtent les briques et le maçon.")
    page.get_by_role("link", name="Tout modifier sur une seule page").click()
    expect(page.get_by_label("Titre de la collecte")).to_have_value(title)
    page.get_by_label("Votre histoire").fill(f"{STORY}\n\nLes briques coûtent 150 €, le maçon 250 €.")
    send(page)
    expect(page.get_by_role("status")).to_contain_text("Votre collecte est envoyée")


def approve_it(page: Page, site: str, title: str) -> None:
    page.goto(f"{site}/moderation")
    page.get_by_role("link", name=title).click()
    expect(page.locator("#changements ins")).to_contain_text("150 €")
    redress.check_everything(page)
    page.get_by_role("button", name="Publier cette collecte").click()
    expect(page.get_by_role("status")).to_contain_text("La collecte est publiée.")


def find_it_near_home(page: Page, site: str, title: str) -> str:
    page.goto(site)
    card = page.locator("#projets article", has_text=title)
    expect(card).to_contain_text("À 7 km — vous pouvez participer")
    card.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator(".buy")).to_contain_text("Vous êtes à 7 km : vous pouvez participer")
    expect(page.locator("#argent")).to_contain_text("100 % sera dépensé à moins de 20 km")
    return page.url.rpartition("/")[2]


def pledge_and_change_ones_mind(page: Page, site: str, campaign: str, title: str) -> None:
    before = steps.raised(page, site, campaign)
    steps.promise(page, site, campaign, "100")
    steps.save_card(page)
    mine = steps.saved(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci ! Vous êtes engagé·e pour 100 €.")
    assert steps.raised(page, site, campaign) == before + 100_00
    letter = steps.open_letter(page, site, to="claire@", subject=f"100 € pour « {title} »")
    expect(letter).to_contain_text("annuler")
    page.goto(mine)
    page.get_by_role("button", name="Annuler mon engagement").click()
    expect(page.get_by_role("status")).to_contain_text("Votre engagement est annulé. Rien ne sera débité.")
    expect(page.locator("main .badge").first).to_have_text("Annulé")
    assert steps.raised(page, site, campaign) == before
