"""What people do on the site, step by step, in a browser."""

import re

from playwright.sync_api import Locator, Page, expect

from marketplace.demo.people import ACCOUNTS, DOMAIN, PASSWORD

CARD = "4242 4242 4242 4242"
CARD_3DS = "4000 0025 0000 3155"
NADIA = f"nadia@{DOMAIN}"
_LINK = re.compile(r"https?://\S+")


def tick(page: Page | Locator, words: str | re.Pattern[str]) -> None:
    """Tick a box or choose an option by its words: they cover the control."""
    page.locator("label", has_text=words).click()


def sign_in(page: Page, site: str, login: str, *, password: str = PASSWORD) -> None:
    """Sign in. login: of an account of the demonstration, or an address."""
    page.goto(f"{site}/connexion")
    page.get_by_label("Adresse électronique").fill(login if "@" in login else f"{login}@{DOMAIN}")
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Me connecter").click()
    expect(page.get_by_role("heading", level=1, name="Se connecter")).to_have_count(0)


def sign_up(page: Page, site: str, *, name: str, email: str, commune: str, password: str) -> None:
    """Open an account, the form filled without a mistake."""
    page.goto(f"{site}/inscription")
    page.get_by_label("Votre nom").fill(name)
    page.get_by_label("Votre adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_label("La commune où vous habitez").fill(commune)
    tick(page, "Je déclare sur l’honneur")
    tick(page, "J’ai 18 ans ou plus")
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Regardez votre boîte aux lettres")


def open_letter(page: Page, site: str, *, to: str, subject: str) -> Locator:
    """Wait for a mail in the demonstration's mailbox and open it; return its text.

    A worker writes mails, later: the subject must be of no other mail, or an earlier one is opened in its place.
    """
    letter = page.locator("main li", has_text=to).filter(has_text=subject)
    for _try in range(60):
        page.goto(f"{site}/boite")
        if letter.count():
            break
        page.wait_for_timeout(250)
    letter.first.get_by_role("link").click()
    text = page.locator(".letter")
    expect(text).to_be_visible()
    return text


def follow_letter(page: Page, site: str, *, to: str, subject: str) -> str:
    """Open a mail and return the address of its one link."""
    found = _LINK.search(open_letter(page, site, to=to, subject=subject).inner_text())
    assert found is not None
    return found[0]


def promise(page: Page, site: str, campaign: str, euros: str) -> None:
    """Go from a campaign's page to its card page. Signed in, and allowed to."""
    page.goto(f"{site}/collectes/{campaign}")
    page.locator(".buy").get_by_role("button", name="Continuer").click()
    page.get_by_label("Montant en euros").fill(euros)
    page.get_by_role("button", name="Continuer").click()
    tick(page, "Je sais qu")
    page.get_by_role("button", name="S’engager").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enregistrer une carte")


def save_card(page: Page, number: str = CARD) -> None:
    """Fill the card page."""
    page.get_by_label("Numéro de carte").fill(number)
    page.get_by_label("Date d’expiration").fill("12 / 40")
    page.get_by_label("Code de sécurité").fill("123")
    page.get_by_label("Nom du titulaire").fill("Claire Marchand")
    page.get_by_role("button", name="Enregistrer la carte").click()


def saved(page: Page) -> str:
    """Wait on the way back from the card page until its event has arrived; return the address of the pledge.

    The site waits a second, then says that it waits: on a busy machine, look again.
    """
    badge = page.locator("main .badge").first
    page.wait_for_url("**/engagements/**")
    for _try in range(60):
        if badge.inner_text() != "Carte à enregistrer":
            break
        page.reload()
    expect(badge).to_have_text("En réflexion")
    return page.url.partition("?")[0]


def euros(text: str) -> int:
    """Return the cents of "1 234,50 €"."""
    found = re.search(r"\d[\d\s]*(?:,\d\d)?(?=\s*€)", text)
    assert found is not None, text
    whole, _, cents = re.sub(r"\s", "", found[0]).partition(",")
    return int(whole) * 100 + int(cents or 0)


def raised(page: Page, site: str, campaign: str) -> int:
    """Return what a campaign's page says is promised, in cents."""
    page.goto(f"{site}/collectes/{campaign}")
    return euros(page.locator(".buy .big").inner_text())


def display_name(login: str) -> str:
    """Return the name of an account of the demonstration."""
    return next(person.name for person in ACCOUNTS if person.login == login)
