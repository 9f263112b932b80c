"""An owner writes a collection from blank to sent, section by section; interrupted in the middle, they lose nothing."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from e2e import steps
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from marketplace.core import clock
from marketplace.projects import days

STORY = "Nous réparons le four du lavoir avec les voisins. L’argent paie les briques et le maçon, à Ligugé."


def photo() -> bytes:
    body = BytesIO()
    Image.new("RGB", (800, 600), "sienna").save(body, "JPEG")
    return body.getvalue()


@pytest.mark.parametrize("means", ["scripts", "no scripts"])
def test_a_collection_is_written_in_sections_with_an_interruption(
    live, open_browser: Callable[..., BrowserContext], watch, means: str
) -> None:
    watch.expect(422)
    browser = open_browser(java_script_enabled=means == "scripts")
    page = browser.new_page()
    steps.sign_in(page, live.url, "nadia")
    page.goto(f"{live.url}/mes-projets/nouveau")
    page.get_by_label("Nom du projet").fill("Les Amis du four")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    page.get_by_role("link", name="Modifier", exact=True).click()

    describe(page)
    draft = page.url.rpartition("/")[0]
    page = interrupted(page, browser, f"{draft}/histoire", means)
    finish(page, draft)

    page.get_by_role("button", name="Envoyer en relecture").click()
    expect(page.get_by_role("status")).to_contain_text("Votre collecte est envoyée")


def describe(page: Page) -> None:
    expect(page.get_by_label("Nom du projet")).to_have_value("Les Amis du four")
    page.get_by_label("Commune du projet").fill("Ligugé")
    page.get_by_label("Forme juridique").select_option("Association")
    page.get_by_label("Domaine").select_option(index=1)
    page.get_by_label("Titre de la collecte").fill("Rallumer le four, section par section")
    page.get_by_label("Résumé").fill("Un four pour tout le bourg.")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("L’argent")


def interrupted(page: Page, browser: BrowserContext, path: str, means: str) -> Page:
    """Write a story and go away in the middle; come back in another window."""
    page.goto(path)
    page.get_by_label("Votre histoire").fill(STORY)
    if means == "scripts":
        expect(page.locator("#garde")).to_contain_text("Enregistré le")
    else:
        go_on(page)
    page.close()
    again = browser.new_page()
    again.goto(path)
    expect(again.get_by_label("Votre histoire")).to_have_value(STORY)
    return again


def finish(page: Page, draft: str) -> None:
    page.get_by_label("La photo", exact=True).set_input_files(
        {"name": "four.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.get_by_role("button", name="Ajouter cette photo").click()
    # The file has to be chosen again, as browsers want it; the page says what else is missing.
    expect(page.locator("#alt-error")).to_contain_text("Dites en quelques mots")
    page.get_by_label("La photo", exact=True).set_input_files(
        {"name": "four.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.get_by_label("Ce que montre la photo").fill("Le four du lavoir, porte ouverte")
    page.get_by_role("button", name="Ajouter cette photo").click()
    expect(page.get_by_role("img", name="Le four du lavoir, porte ouverte").first).to_be_visible()
    page.goto(f"{draft}/argent")
    steps.tick(page, re.compile(r"^\s*Don\s*$"))
    for label, text in {"Seuil de réussite": "300", "Objectif": "400", "Plafond": "600"}.items():
        page.get_by_label(label).fill(text)
    ends = days.paris_day(clock.real_now()) + timedelta(days=40)
    page.get_by_label("Dernier jour de la collecte").fill(f"{ends:%d/%m/%Y}")
    go_on(page)
    steps.tick(page, "Mon intercommunalité")
    go_on(page)
    page.goto(f"{draft}/equipe")
    page.get_by_label("Le projet lui-même").fill("Le maçon peut venir plus tard que prévu.")
    go_on(page)
    page.get_by_label("Emplois maintenus").fill("1")
    go_on(page)


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.get_by_role("status").first).to_contain_text("enregistré")
