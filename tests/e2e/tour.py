"""The way to every page of the product, for the tests of pages and the screenshots.

A `Tour` walks a running copy: it signs people in, makes through the site itself what a page needs to be shown (a
pledge, a letter), and opens the pages one after the other. Nothing here looks into the database.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from e2e import protections, redress, steps
from e2e.stop import Stop
from e2e.watch import load
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from marketplace.demo.campaigns import Plan, plans

WIDTHS = (1280, 390)
THEMES = ("light", "dark")
HEIGHT = 900
NEW_PASSWORD = "trois-mots-sans-rapport"
_WANTED = {
    "Le Fournil du Clain rallume son four à bois": 1400,
    "L’Atelier des Deux Roues prend pignon sur rue": 900,
    "Le café-épicerie de la place revient": 1600,
    "Une chocolaterie coopérative reste à Niort": 700,
    "Un écran de plus pour le cinéma de Lusignan": 800,
    "Livrer le centre de Niort sans camionnette": 600,
    "Un relais de services dans l’ancien octroi": 500,
    "Une maison des soins au bord de la Vienne": 0,
    "Un minibus pour aller au marché": 0,
    redress.SHARES: 800,
    "Le toit de la grange éclaire quarante foyers": 0,
    "Une salle de répétition pour la fanfare de la Boivre": 60,
    redress.REFUSED: 0,
    "Un vestiaire pour les footballeuses de Ligugé": 0,
}


def _small(plan: Plan) -> Plan:
    """Return a campaign with few backers, and an aim to match where its end depends on it."""
    raised = _WANTED[plan.title]
    shorter = replace(plan, raised=raised, around=plan.around[:1])
    if plan.state != "funded":
        return shorter
    return replace(shorter, threshold=raised // 2, goal=raised, cap=raised * 2, uses=())


# A part of the demonstration, quick to make, with a campaign in each state.
SMALL = [_small(plan) for plan in plans() if plan.title in _WANTED]


def _sent_by_hand(answer: Response) -> bool:
    """Tell the answer to what somebody sent from what a page asks or keeps by itself while they type."""
    sent = answer.request
    return sent.method == "POST" and not sent.headers.get("hx-target", "").endswith(("#essai", "#garde"))


class Tour:
    """Browsers of everybody on a running copy.

    prepare: what is done to each browser context when it is opened. options: as Playwright's `new_context`.
    """

    def __init__(
        self,
        browser: Browser,
        site: str,
        *,
        prepare: Callable[[BrowserContext], object] = lambda _context: None,
        **options: object,
    ) -> None:
        self.site = site
        self._browser, self._prepare, self._options = browser, prepare, options
        self._pages: dict[str, Page] = {}
        self._themes: dict[Page, str] = {}
        self._found: dict[str, str] = {}
        self._places: dict[str, str] = {}
        self.newcomer = f"camille-{secrets.token_hex(4)}@exemple.fr"

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()

    def leave_no_card_open(self) -> None:
        """Save the cards that were left open to be looked at: after three of them a resident has to wait a day."""
        page = self.page("claire")
        left = page.locator(".line", has_text="Carte à enregistrer")
        page.goto(f"{self.site}/mes-engagements")
        while left.count():
            left.first.get_by_role("link").click()
            page.get_by_role("button", name="Enregistrer ma carte").click()
            steps.save_card(page)
            steps.saved(page)
            page.goto(f"{self.site}/mes-engagements")

    def page(self, who: str) -> Page:
        """Return somebody's page, signed in the first time."""
        if who not in self._pages:
            options = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "color_scheme": "light", **self._options}
            context = self._browser.new_context(viewport={"width": WIDTHS[0], "height": HEIGHT}, **options)
            context.set_default_timeout(20_000)
            self._prepare(context)
            page = context.new_page()
            if who == "typed":
                page.goto(self.site)
                page.get_by_label("Votre commune").fill("Poitiers")
                page.get_by_role("button", name="Voir les projets").click()
                expect(page).to_have_title(re.compile("Poitiers"))
            elif who == "newcomer":
                _ = self.places  # where the newcomer signs up
                steps.sign_in(page, self.site, self.newcomer, password=NEW_PASSWORD)
            elif who != "nobody":
                steps.sign_in(page, self.site, who)
            self._pages[who] = page
        return self._pages[who]

    def go(self, stop: Stop) -> Page:
        """Open a page as its person, on a wide light screen. Fails when it answers something else."""
        page = self.page(stop.who)
        self.show(page, WIDTHS[0], THEMES[0])
        status = load(page, self.address(stop))
        if stop.then is not None:
            with page.expect_response(_sent_by_hand) as answer:
                stop.then(page)
            status = answer.value.status
            page.wait_for_load_state()
            if status == 422:
                expect(page.get_by_role("alert").first).to_be_visible()
        assert status == stop.status, f"{stop.name}: {status} at {page.url}"
        return page

    def show(self, page: Page, width: int, theme: str, *, height: int = HEIGHT) -> None:
        """Give a page a size and a theme. What stays is not set again: the browser would lay the page out again."""
        size = {"width": width, "height": height}
        if page.viewport_size != size:
            page.set_viewport_size(size)
        if self._themes.get(page, THEMES[0]) != theme:
            page.emulate_media(color_scheme=theme)
            self._themes[page] = theme

    def address(self, stop: Stop) -> str:
        """Return where a page stands on this copy."""
        path = stop.path.format_map(self.places)
        return path if path.startswith("http") else f"{self.site}{path}"

    @property
    def places(self) -> Mapping[str, str]:
        """One of each thing that pages show, made through the site where there is none."""
        if not self._places:
            self._places = self._prepared()
        return self._places

    @property
    def found(self) -> Mapping[str, str]:
        """Those of them that the demonstration has by itself."""
        if not self._found:
            nadia, samuel = self.page("nadia"), self.page("samuel")
            self._found = {
                "live": self._project(nadia, "Le Fournil du Clain"),
                "uncorrected": self._project(nadia, "L’Atelier des Deux Roues"),
                "funded": self._project(nadia, "Un écran de plus"),
                "draft": self._project(nadia, "Un vestiaire"),
                "waiting": self._project(nadia, "Une maison des soins"),
                "sent_back": self._project(samuel, "Un minibus"),
                "later": self._project(samuel, "Le toit de la grange"),
                "announced": self._project(samuel, "Une salle de répétition"),
                "failed": self._project(samuel, "Un relais de services"),
                "paid": self._own_pledge("Un écran de plus"),
                "released": self._own_pledge("Un relais de services"),
            }
            self._found["paid_id"] = self._found["paid"].rpartition("/")[2]
        return self._found

    def _prepared(self) -> dict[str, str]:
        places = dict(self.found)
        places |= self._cards(places["live"]) | self._letters()
        places["request"] = self._request()
        places["category"] = protections.ask_category(self.page("bastien"), self.page("helene"), self.site)
        people = (self.page("claire"), self.page("nadia"), self.page("lucie"), self.page("helene"))
        places |= redress.prepare(people, self.site, places["live"])
        places |= self._organisation()
        places["territory"] = self._territory()
        places["residence"] = self._residence()
        return places

    def _project(self, owner: Page, title: str) -> str:
        owner.goto(f"{self.site}/mes-projets")
        return str(owner.get_by_role("link", name=title).get_attribute("href")).rpartition("/")[2]

    def _own_pledge(self, title: str) -> str:
        page = self.page("claire")
        page.goto(f"{self.site}/mes-engagements")
        return str(page.get_by_role("link", name=title).first.get_attribute("href"))

    def _cards(self, campaign: str) -> dict[str, str]:
        """Promise three times: card saved, card page left open, and the bank's page left open."""
        page = self.page("claire")
        steps.promise(page, self.site, campaign, "50")
        card = page.url
        page.goto(f"{self.site}/mes-engagements")
        pending = str(
            page.locator(".line", has_text="Carte à enregistrer").first.get_by_role("link").get_attribute("href")
        )
        steps.promise(page, self.site, campaign, "30")
        steps.save_card(page, steps.CARD_3DS)
        expect(page.get_by_role("button", name="Valider")).to_be_visible()
        challenge = page.url
        steps.promise(page, self.site, campaign, "250")
        steps.save_card(page)
        pledge = steps.saved(page).removeprefix(self.site)
        sandbox = "/".join(card.split("/")[:3])
        return {"card": card, "pending": pending, "challenge": challenge, "pledge": pledge, "sandbox": sandbox}

    def _letters(self) -> dict[str, str]:
        page = self.page("nobody")
        steps.sign_up(
            page, self.site, name="Camille D.", email=self.newcomer, commune="Poitiers", password=NEW_PASSWORD
        )
        confirm = steps.follow_letter(page, self.site, to=self.newcomer, subject="adresse")
        letter = page.url
        page.goto(f"{self.site}/mot-de-passe-oublie")
        page.get_by_label("Adresse électronique").fill(steps.NADIA)
        page.get_by_role("button", name="Envoyer le lien").click()
        reset = steps.follow_letter(page, self.site, to=steps.NADIA, subject="mot de passe")
        return {"confirm": confirm, "reset": reset, "letter": letter.removeprefix(self.site)}

    def _request(self) -> str:
        """Have the declared resident ask for a verification, once; return the request an administrator sees."""
        page = self.page("bastien")
        page.goto(f"{self.site}/mon-compte/residence")
        ask = page.get_by_role("button", name="Demander la vérification")
        if ask.count():
            ask.click()
        page = self.page("helene")
        page.goto(f"{self.site}/moderation/residences")
        asked = page.get_by_role("link", name=steps.display_name("bastien"))
        return str(asked.get_attribute("href")).split("/")[-1]

    def _residence(self) -> str:
        """Return a proven residence, as an administrator finds it before revoking it."""
        page = self.page("helene")
        page.goto(f"{self.site}/moderation/residences/registre?adresse=claire@demo-mitoyen.fr")
        return str(page.get_by_role("link", name="Révoquer").get_attribute("href")).split("/")[-2]

    def _territory(self) -> str:
        """Return a named territory; name one if there is none."""
        page = self.page("helene")
        page.goto(f"{self.site}/territoires-de-projet")
        named = page.locator("tbody a")
        if not named.count():
            page.goto(f"{self.site}/territoires-de-projet/nouveau")
            page.get_by_label("Nom du territoire").fill("Entre Clain et Vienne")
            page.get_by_label("Pourquoi ce territoire").fill("Deux vallées, un marché.")
            page.get_by_label("Communes et intercommunalités").fill("Poitiers\nChauvigny")
            page.get_by_role("button", name="Créer le territoire").click()
            page.goto(f"{self.site}/territoires-de-projet")
        return str(named.first.get_attribute("href")).rpartition("/")[2]

    def _organisation(self) -> dict[str, str]:
        """Note an organisation; return its page, and the place of it that an administrator sees."""
        page = self.page("claire")
        page.goto(f"{self.site}/mes-organisations/nouvelle")
        page.get_by_label("Nom de l’organisation").fill("Les amis du four banal")
        page.get_by_label("Forme juridique").select_option("association")
        page.get_by_label("SIREN, ou SIRET du siège").fill("732829320")
        page.get_by_label("Commune du siège").fill("Poitiers")
        steps.tick(page, "sur l’honneur")
        page.get_by_role("button", name="Enregistrer l’organisation").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Les amis du four banal")
        organisation = page.url.removeprefix(self.site)
        page = self.page("helene")
        page.goto(f"{self.site}/moderation/organisations")
        refuse = page.get_by_role("link", name="Refuser").first
        return {"organisation": organisation, "place": str(refuse.get_attribute("href")).split("/")[-2]}
