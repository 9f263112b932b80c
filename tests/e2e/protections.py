"""The pages of what protects investors, for the tour."""

from e2e import steps
from e2e.stop import Stop, send
from playwright.sync_api import Page

STOPS = (
    Stop("protections", "/mon-compte/investisseur", "claire"),
    Stop("protections-profile", "/mon-compte/investisseur/experience", "claire"),
    Stop("protections-test", "/mon-compte/investisseur/questions", "claire"),
    Stop("protections-test-empty", "/mon-compte/investisseur/questions", "claire", send("Voir mes réponses"), 422),
    Stop("protections-warned", "/mon-compte/investisseur/resultat", "bastien"),
    Stop("protections-unread", "/mon-compte/investisseur/resultat", "bastien", send("Continuer"), 422),
    Stop("protections-losses", "/mon-compte/investisseur/simulation", "claire"),
    Stop("protections-losses-empty", "/mon-compte/investisseur/simulation", "claire", send("Enregistrer"), 422),
    Stop("protections-sheet", "/mon-compte/investisseur/simulation/fiche", "claire"),
    Stop("protections-category", "/mon-compte/investisseur/averti", "claire"),
    Stop("protections-category-empty", "/mon-compte/investisseur/averti", "claire", send("Envoyer ma demande"), 422),
    Stop("protections-asked", "/mon-compte/investisseur", "bastien"),
    Stop("categories", "/moderation/investisseurs", "helene"),
    Stop("category-refusal", "/moderation/investisseurs/{category}/refus", "helene"),
    Stop("category-refusal-wrong", "/moderation/investisseurs/{category}/refus", "helene", send("Refuser"), 422),
)


def ask_category(page: Page, staff: Page, site: str) -> str:
    """Have the declared resident fail the test and ask for less protection, once; return the request."""
    here = f"{site}/mon-compte/investisseur"
    page.goto(f"{here}/questions")
    page.get_by_role("button", name="Continuer sans répondre").click()
    page.goto(here)
    ask = page.get_by_role("link", name="Demander à être investisseur averti")
    if ask.count():
        ask.click()
        page.get_by_label("Revenu brut annuel").fill("60 000")
        page.get_by_label("Mois de métier dans la finance").fill("12")
        steps.tick(page, "Un investisseur averti est moins protégé")
        steps.tick(page, "J’atteste remplir les critères")
        page.get_by_role("button", name="Envoyer ma demande").click()
    staff.goto(f"{site}/moderation/investisseurs")
    refuse = staff.locator(".panel", has_text=steps.display_name("bastien")).get_by_role("link", name="Refuser")
    return str(refuse.get_attribute("href")).split("/")[-2]
