"""The pages of moderation's registers and of what people may ask of it, for the tour."""

import re

from e2e import steps
from e2e.stop import Stop, send
from playwright.sync_api import Page, expect

REFUSED = "Une ombrière solaire sur le parking du Foirail"
SHARES = "L’épicerie du quai aux mains de ses clients"
NOTE = "Le prix du four est celui de l’an dernier."
STOPS = (
    Stop("how-we-read", "/relecture"),
    Stop("report", "/collectes/{live}/signaler"),
    Stop("report-empty", "/collectes/{live}/signaler", "nobody", send("Envoyer le signalement"), 422),
    Stop("questions", "/collectes/{live}/questions"),
    Stop("questions-ask", "/collectes/{live}/questions", "claire"),
    Stop("question-empty", "/collectes/{live}/questions", "claire", send("Publier ma question"), 422),
    Stop("report-question", "/collectes/{live}/signaler?question={question}"),
    Stop("questions-waiting", "/mes-projets/{live}/questions", "nadia"),
    Stop("answer-empty", "/mes-projets/{live}/questions", "nadia", send("Publier ma réponse"), 422),
    Stop("intention", "/collectes/{later}/intention", "jerome"),
    Stop("intention-empty", "/collectes/{later}/intention", "jerome", send("Noter mon intention"), 422),
    Stop("intention-too-late", "/collectes/{live}/intention", "claire"),
    Stop("complaints", "/mes-reclamations", "claire"),
    Stop("complain", "/mes-reclamations/nouvelle", "claire"),
    Stop("complain-empty", "/mes-reclamations/nouvelle", "claire", send("Envoyer la réclamation"), 422),
    Stop("complaint", "/mes-reclamations/{complaint}", "claire"),
    Stop("correction-waits", "/mes-projets/{live}/correction", "nadia"),
    Stop("correction-over", "/mes-projets/{funded}/correction", "nadia"),
    Stop("correction-form", "/mes-projets/{uncorrected}/correction", "nadia"),
    Stop("correction-empty", "/mes-projets/{uncorrected}/correction", "nadia", send("Envoyer la correction"), 422),
    Stop("cancellation", "/mes-projets/{live}/annulation", "nadia"),
    Stop("cancellation-empty", "/mes-projets/{live}/annulation", "nadia", send("Annuler ma collecte"), 422),
    Stop("admissions", "/mes-projets/{shares}/admissions", "lucie"),
    Stop("admissions-nobody", "/mes-projets/{shares}/admissions", "lucie", send("Admettre les personnes cochées"), 422),
    Stop("admission-refusal", "/mes-projets/{shares}/admissions/{subscribed}/refus", "lucie"),
    Stop("admissions-awaited", "/moderation/admissions", "helene"),
    Stop("second-look-asked", "/mes-projets/{refused}/reexamen", "lucie"),
    Stop("project-refused", "/mes-projets/{refused}", "lucie"),
    Stop("corrections", "/moderation/corrections", "helene"),
    Stop("correction", "/moderation/corrections/{correction}", "helene"),
    Stop("correction-undecided", "/moderation/corrections/{correction}", "helene", send("Décider"), 422),
    Stop("second-looks", "/moderation/reexamens", "karim"),
    Stop("second-look", "/moderation/reexamens/{refused}", "karim"),
    Stop("second-look-undecided", "/moderation/reexamens/{refused}", "karim", send("Décider"), 422),
    Stop("reports", "/moderation/signalements", "helene"),
    Stop("reports-handled", "/moderation/signalements?liste=traites", "helene"),
    Stop("report-to-read", "/moderation/signalements/{report}", "helene"),
    Stop("report-unanswered", "/moderation/signalements/{report}", "helene", send("Clore le signalement"), 422),
    Stop("complaints-register", "/moderation/reclamations", "helene"),
    Stop("complaint-to-read", "/moderation/reclamations/{complaint}", "helene"),
    Stop("complaint-unanswered", "/moderation/reclamations/{complaint}", "helene", send("Accuser réception"), 422),
    Stop("log", "/moderation/journal?chaine=verifier", "helene"),
)


def prepare(people: tuple[Page, Page, Page, Page], site: str, live: str) -> dict[str, str]:
    """Report, complain, ask for a correction and for a second look, where nobody did; return where they are."""
    claire, nadia, lucie, staff = people
    claire.goto(f"{site}/mes-reclamations")
    if not claire.locator("main .line").count():
        claire.goto(f"{site}/mes-reclamations/nouvelle")
        claire.get_by_label("Objet de la réclamation").fill("Un courriel jamais reçu")
        claire.get_by_label("Ce qui s’est passé").fill("Je n’ai pas reçu la confirmation de mon engagement.")
        claire.get_by_role("button", name="Envoyer la réclamation").click()
    complaint = str(claire.locator("main .line a").first.get_attribute("href"))
    staff.goto(f"{site}/moderation/signalements")
    if not staff.locator("main .line").count():
        claire.goto(f"{site}/collectes/{live}/signaler")
        steps.tick(claire, "Une information me paraît fausse")
        claire.get_by_label("Dites-nous quoi").fill(NOTE)
        claire.get_by_role("button", name="Envoyer le signalement").click()
        staff.goto(f"{site}/moderation/signalements")
    report = str(staff.locator("main .line a").first.get_attribute("href"))
    question = ask_question(claire, site, live)
    ask_correction(nadia, site, live)
    staff.goto(f"{site}/moderation/corrections")
    correction = str(staff.locator("main .line a").first.get_attribute("href"))
    lucie.goto(f"{site}/mes-projets")
    refused = str(lucie.get_by_role("link", name=REFUSED).get_attribute("href"))
    shares = str(lucie.get_by_role("link", name=SHARES).get_attribute("href")).rpartition("/")[2]
    lucie.goto(f"{site}{refused}/reexamen")
    ask = lucie.get_by_role("button", name="Demander le réexamen")
    if ask.count():
        lucie.get_by_label("Ce qui, selon vous").fill("Le parking appartient à la commune, qui a donné son accord.")
        ask.click()
    lucie.goto(f"{site}/mes-projets/{shares}/admissions")
    subscribed = str(lucie.locator("input[name=pledges]").first.get_attribute("value"))
    addresses = {"complaint": complaint, "report": report, "correction": correction, "refused": refused}
    made = {"question": question, "shares": shares, "subscribed": subscribed}
    return made | {name: address.rpartition("/")[2] for name, address in addresses.items()}


def ask_question(page: Page, site: str, campaign: str) -> str:
    """Ask something about a collection, unless that was done; return the question."""
    page.goto(f"{site}/collectes/{campaign}/questions")
    mine = page.locator("article.told", has_text="À quelle heure sort la première fournée")
    if not mine.count():
        page.get_by_label("Votre question").fill("À quelle heure sort la première fournée du samedi ?")
        page.get_by_role("button", name="Publier ma question").click()
        expect(page.get_by_role("status")).to_contain_text("Votre question est publiée")
    return str(mine.first.get_attribute("id")).removeprefix("question-")


def ask_correction(owner: Page, site: str, campaign: str) -> None:
    """Ask for a correction of a story, unless one waits."""
    owner.goto(f"{site}/mes-projets/{campaign}/correction")
    send_it = owner.get_by_role("button", name="Envoyer la correction")
    if send_it.count():
        story = owner.get_by_label("Votre histoire")
        story.fill(f"{story.input_value()}\n\nLe four coûte 150 € de plus que prévu.")
        owner.get_by_label("Pourquoi cette correction").fill(NOTE)
        send_it.click()
        expect(owner.get_by_role("status")).to_contain_text("Votre correction est envoyée")


def check_everything(page: Page) -> None:
    """Answer the whole sheet of a collection, part by part."""
    for _part in range(5):
        page.locator("details.checks[open]").first.get_by_role("button", name=re.compile("sans objet")).click()
        expect(page.get_by_role("status")).to_contain_text("Les vérifications sont enregistrées.")
