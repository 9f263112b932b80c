"""Every page of the product, as each person sees it: one list for the tests of pages and the screenshots.

A `Tour` walks a running copy: it signs people in, makes through the site itself what a page needs to be shown (a
pledge, a letter), and opens the pages one after the other. Nothing here looks into the database.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from e2e import owners, protections, redress, residence, steps
from e2e.stop import Stop, send
from e2e.watch import load
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from marketplace.demo.campaigns import Plan, plans

FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
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


def _wrong_password(page: Page) -> None:
    page.get_by_label("Adresse électronique").fill("personne@exemple.fr")
    page.get_by_label("Mot de passe").fill("ce-nest-pas-le-bon")
    page.get_by_role("button", name="Me connecter").click()


def _ambiguous(page: Page) -> None:
    page.get_by_label("Votre commune").fill("Saint-Denis")
    page.get_by_role("button", name="Voir les projets").click()


def _too_much(page: Page) -> None:
    page.get_by_label("Montant en euros").fill("60")
    page.get_by_role("button", name="Continuer").click()


def _too_little(page: Page) -> None:
    page.get_by_label("Nouveau montant en euros").fill("1")
    page.get_by_role("button", name="Changer le montant").click()


def _incomplete(page: Page) -> None:
    page.get_by_label("Titre de la collecte").fill("Un vestiaire pour les footballeuses de Ligugé")
    page.get_by_label("Votre histoire").fill("Trop court.")
    page.get_by_label("Plafond").fill("beaucoup")
    page.get_by_role("button", name="Enregistrer et envoyer en relecture").click()


def _choose_rule(page: Page, button: str) -> None:
    page.get_by_label("Commune du projet").fill("Antoigné (Maine-et-Loire)")
    page.get_by_label("Seuil de réussite").fill("200 000")
    page.locator("label", has_text="Les plus proches d’abord, puis plus loin").click()
    page.get_by_role("button", name=button, exact=True).click()


def _tried(page: Page) -> None:
    _choose_rule(page, "Voir qui peut participer")


def _taken_apart(page: Page) -> None:
    _choose_rule(page, "Régler cercle par cercle")


def _no_reason(page: Page) -> None:
    page.get_by_role("button", name="Renvoyer au porteur").click()


def _no_photo(page: Page) -> None:
    page.get_by_role("button", name="Ajouter cette photo").click()


def _wrong_card(page: Page) -> None:
    steps.save_card(page, "4000 0000 0000 0002")


def _expired_form(page: Page) -> None:
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(field => field.value = 'x')")
    page.get_by_role("button", name="Me connecter").click()


STOPS = (
    Stop("feed-visitor", "/"),
    Stop("feed-typed", "/", "typed"),
    Stop("feed-unknown-commune", "/", then=send("Voir les projets près de chez moi"), status=422),
    Stop("feed-which-commune", "/", then=_ambiguous, status=422),
    Stop("feed-resident", "/", "claire"),
    Stop("feed-filtered", "/?nature=gift&tri=distance", "claire"),
    Stop("feed-nothing", "/?secteur=sport", "claire"),
    Stop("feed-by-legal-form", "/?statut=scic", "claire"),
    Stop("commune-visitor", "/communes/86194"),
    Stop("commune-resident", "/communes/86194", "claire"),
    Stop("commune-nothing", "/communes/33063?secteur=sport"),
    Stop("order-of-lists", "/ordre-des-projets"),
    Stop("feed-far", "/", "jerome"),
    Stop("figures", "/nos-chiffres"),
    Stop("why-visitor", "/collectes/{live}/pourquoi"),
    Stop("why-resident", "/collectes/{live}/pourquoi", "claire"),
    Stop("why-far", "/collectes/{live}/pourquoi?commune=Bordeaux&montant=60"),
    Stop("why-which-commune", "/collectes/{live}/pourquoi?commune=Saint-Denis", status=422),
    Stop("communes", "/communes"),
    Stop("communes-found", "/communes?q=Saint-Denis"),
    Stop("communes-none", "/communes?q=Xyzzy"),
    Stop("zone-nowhere", "/proposer/zone"),
    Stop("zone", "/proposer/zone?commune=Poitiers"),
    Stop("zone-wide", "/proposer/zone?commune=Poitiers&preset=departement_and_bordering"),
    Stop("how-it-works", "/comment-ca-marche"),
    Stop("local-rule", "/regle-locale"),
    Stop("replay", "/regle-locale/malaunay"),
    Stop("attestations", "/attestations"),
    Stop("fees-and-risks", "/frais-et-risques"),
    Stop("accessibility", "/accessibilite"),
    Stop("privacy", "/confidentialite"),
    Stop("legal-notice", "/mentions-legales"),
    Stop("style", "/style"),
    # Accounts
    Stop("sign-in", "/connexion"),
    Stop("sign-in-wrong", "/connexion", then=_wrong_password, status=422),
    Stop("sign-up", "/inscription"),
    Stop("sign-up-empty", "/inscription", then=send("Créer mon compte"), status=422),
    Stop("sign-up-sent", "/inscription/envoyee"),
    Stop("confirm", "{confirm}"),
    Stop("confirm-dead", "/confirmation/rien", status=410),
    Stop("forgotten", "/mot-de-passe-oublie"),
    Stop("forgotten-empty", "/mot-de-passe-oublie", then=send("Envoyer le lien"), status=422),
    Stop("forgotten-sent", "/mot-de-passe-oublie/envoye"),
    Stop("reset", "{reset}"),
    Stop("reset-empty", "{reset}", then=send("Changer mon mot de passe"), status=422),
    Stop("account", "/mon-compte", "claire"),
    Stop("account-unconfirmed", "/mon-compte", "newcomer"),
    Stop("password", "/mon-compte/mot-de-passe", "claire"),
    Stop("password-empty", "/mon-compte/mot-de-passe", "claire", send("Changer mon mot de passe"), 422),
    # Residence
    *residence.STOPS,
    # Organisations
    Stop("organisations-none", "/mes-organisations", "jerome"),
    Stop("organisations", "/mes-organisations", "claire"),
    Stop("organisation-new", "/mes-organisations/nouvelle", "claire"),
    Stop("organisation-new-empty", "/mes-organisations/nouvelle", "claire", send("Enregistrer l’organisation"), 422),
    Stop("organisation", "{organisation}", "claire"),
    Stop("organisation-mandate-empty", "{organisation}", "claire", send("Déclarer mon mandat"), 422),
    Stop("organisation-seat", "{organisation}/siege", "claire"),
    Stop("organisation-branch", "{organisation}/etablissement", "claire"),
    Stop("organisation-members", "{organisation}/membres", "claire"),
    *protections.STOPS,
    # Campaigns and pledges
    Stop("campaign-visitor", "/collectes/{live}"),
    Stop("campaign-resident", "/collectes/{live}", "claire"),
    Stop("campaign-declared", "/collectes/{live}", "bastien"),
    Stop("campaign-far", "/collectes/{live}", "jerome"),
    Stop("campaign-funded", "/collectes/{funded}"),
    Stop("campaign-failed", "/collectes/{failed}"),
    Stop("campaign-territory", "/collectes/{live}/territoire"),
    Stop("where", "/collectes/{live}/participer/commune"),
    Stop("where-empty", "/collectes/{live}/participer/commune", then=send("Continuer"), status=422),
    Stop("amount-visitor", "/collectes/{live}/participer?montant=100", "typed"),
    Stop("amount", "/collectes/{live}/participer", "claire"),
    Stop("amount-empty", "/collectes/{live}/participer", "claire", send("Continuer"), 422),
    Stop("amount-too-much", "/collectes/{live}/participer", "bastien", _too_much, 422),
    Stop("amount-far", "/collectes/{live}/participer", "jerome"),
    Stop("review-visitor", "/collectes/{live}/participer/relire?montant=30", "typed"),
    Stop("review-unconfirmed", "/collectes/{live}/participer/relire?montant=30", "newcomer"),
    Stop("review", "/collectes/{live}/participer/relire?montant=250", "claire"),
    Stop(
        "review-unread",
        "/collectes/{live}/participer/relire?montant=250",
        "claire",
        send("S’engager et enregistrer ma carte"),
        422,
    ),
    Stop("card", "{card}", "claire"),
    Stop("card-empty", "{card}", "claire", send("Enregistrer la carte"), 422),
    Stop("card-declined", "{card}", "claire", _wrong_card, 422),
    Stop("challenge", "{challenge}", "claire"),
    Stop("card-page-over", "{sandbox}/c/pay/cs_test_nothing", "claire", status=404),
    Stop("sandbox", "{sandbox}/"),
    Stop("pledges", "/mes-engagements", "claire"),
    Stop("pledges-none", "/mes-engagements", "jerome"),
    Stop("pledge-saved", "{pledge}?carte=enregistree", "claire"),
    Stop("pledge", "{pledge}", "claire"),
    Stop("pledge-amount", "{pledge}/montant", "claire"),
    Stop("pledge-amount-small", "{pledge}/montant", "claire", _too_little, 422),
    Stop("pledge-without-card", "{pending}", "claire"),
    Stop("pledge-paid", "{paid}", "claire"),
    Stop("pledge-released", "{released}", "claire"),
    # Owners
    Stop("propose", "/proposer"),
    Stop("projects-none", "/mes-projets", "claire"),
    Stop("projects", "/mes-projets", "nadia"),
    Stop("project-new", "/mes-projets/nouveau", "nadia"),
    Stop("project-new-tried", "/mes-projets/nouveau", "nadia", _tried),
    Stop("project-new-rings", "/mes-projets/nouveau", "nadia", _taken_apart),
    Stop("project-new-wrong", "/mes-projets/nouveau", "nadia", _incomplete, 422),
    Stop("project-draft", "/mes-projets/{draft}", "nadia"),
    Stop("project-edit", "/mes-projets/{draft}/modifier", "nadia"),
    *(
        Stop(f"project-{section}", f"/mes-projets/{{draft}}/modifier/{section}", "nadia")
        for section in ("projet", "argent", "regle", "histoire", "equipe", "promesses")
    ),
    Stop("project-photo-missing", "/mes-projets/{draft}/modifier/histoire", "nadia", _no_photo, 422),
    Stop("project-versions", "/mes-projets/{draft}/versions", "nadia"),
    Stop("project-preview", "/mes-projets/{draft}/apercu", "nadia"),
    *owners.STOPS,
    Stop("project-live", "/mes-projets/{live}", "nadia"),
    Stop("project-money", "/mes-projets/{funded}/argent", "nadia"),
    Stop("project-money-draft", "/mes-projets/{draft}/argent", "nadia"),
    Stop("project-sent-back", "/mes-projets/{sent_back}", "samuel"),
    Stop("project-waiting", "/mes-projets/{waiting}", "nadia"),
    # Instruments
    Stop("schedule", "/collectes/{live}/echeancier?montant=500", "claire"),
    Stop("schedule-wrong", "/collectes/{live}/echeancier?montant=1", status=422),
    Stop("schedule-mine", "{pledge}/echeancier", "claire"),
    Stop("schedule-owner", "/mes-projets/{live}/echeancier", "nadia"),
    Stop("terms", "/mes-projets/{draft}/conditions", "nadia"),
    Stop("terms-loan", "/mes-projets/{draft}/conditions?nature=loan", "nadia"),
    Stop(
        "terms-missing", "/mes-projets/{draft}/conditions?nature=bond", "nadia", send("Enregistrer les conditions"), 422
    ),
    # Administrators
    Stop("queue", "/moderation", "helene"),
    Stop("queue-none", "/moderation?page=9", "helene"),
    Stop("money-watched", "/moderation/argent", "helene"),
    Stop("review-campaign", "/moderation/campagnes/{waiting}", "helene"),
    Stop("review-campaign-wrong", "/moderation/campagnes/{waiting}", "helene", _no_reason, 422),
    Stop("review-campaign-decided", "/moderation/campagnes/{live}", "helene"),
    Stop("residences", "/moderation/residences", "helene"),
    Stop("residence-review", "/moderation/residences/{request}", "helene"),
    Stop("residence-refusal-wrong", "/moderation/residences/{request}", "helene", send("Refuser"), 422),
    Stop("residence-letters", "/moderation/lettres", "helene"),
    Stop("residence-conflicts", "/moderation/conflits", "helene"),
    Stop("residence-revocation", "/moderation/residences/lien/{residence}/revocation", "helene"),
    Stop("residence-register", "/moderation/residences/registre?adresse=claire@demo-mitoyen.fr", "helene"),
    Stop("organisations-waiting", "/moderation/organisations", "helene"),
    Stop("organisation-place-refusal", "/moderation/organisations/lieux/{place}/refuser", "helene"),
    Stop("territories", "/territoires-de-projet", "helene"),
    Stop("territory-new", "/territoires-de-projet/nouveau", "helene"),
    Stop("territory", "/territoires-de-projet/{territory}", "helene"),
    Stop("territory-new-wrong", "/territoires-de-projet/nouveau", "helene", send("Créer le territoire"), 422),
    *redress.STOPS,
    # The demonstration's tools
    Stop("mailbox", "/boite"),
    Stop("letter", "{letter}"),
    Stop("letter-html", "{letter}/html"),
    Stop("clock", "/horloge"),
    # Errors
    Stop("error-400", "/connexion", then=_expired_form, status=400),
    Stop("error-403", "/moderation", "claire", status=403),
    Stop("error-404", "/il-n-y-a-rien-ici", status=404),
    Stop("error-404-resident", "/il-n-y-a-rien-ici", "claire", status=404),
    Stop("error-405", "/ma-commune", status=405),
)


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
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        page.emulate_media(color_scheme="light")
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

    def _prepared(self) -> dict[str, str]:
        nadia, samuel = self.page("nadia"), self.page("samuel")
        places = {
            "live": self._project(nadia, "Le Fournil du Clain"),
            "uncorrected": self._project(nadia, "L’Atelier des Deux Roues"),
            "funded": self._project(nadia, "Un écran de plus"),
            "draft": self._project(nadia, "Un vestiaire"),
            "waiting": self._project(nadia, "Une maison des soins"),
            "sent_back": self._project(samuel, "Un minibus"),
            "later": self._project(samuel, "Le toit de la grange"),
            "failed": self._project(samuel, "Un relais de services"),
            "paid": self._own_pledge("Un écran de plus"),
            "released": self._own_pledge("Un relais de services"),
        }
        places |= self._cards(places["live"]) | self._letters()
        places["request"] = self._request()
        places["category"] = protections.ask_category(self.page("bastien"), self.page("helene"), self.site)
        people = (self.page("claire"), nadia, self.page("lucie"), self.page("helene"))
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
