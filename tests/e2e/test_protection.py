"""What protects investors, in a browser: figures that never leave it, warnings that stay, an amount that changes."""

import itertools
import re
from urllib.parse import parse_qs

import pytest
from e2e import steps
from playwright.sync_api import Page, Request, expect

from marketplace.protection.loss_capacity import loss_capacity_cents, net_worth_cents
from marketplace.protection.thresholds import threshold_cents
from marketplace.web.filters import NBSP, euros

HERE = "/mon-compte/investisseur"
GROUPS = {
    "income_cents": ("work", "capital"),
    "liquid_cents": ("cash", "listed"),
    "commitments_cents": ("home", "bills"),
}
# Income, savings, commitments, in cents: the table of the law, its borders, amounts that are not whole.
FIGURES = [
    (24_000_00, 8_000_00, 15_000_00),
    (42_000_00, 60_000_00, 22_000_00),
    (18_000_00, 1_500_00, 17_000_00),
    (30_000_00, 0, 34_000_00),
    (12_345_67, 89_01, 1_02),
    (999_999_999_00, 999_999_999_00, 1),
    (0, 9, 0),
]
_serial = itertools.count()


@pytest.fixture
def page(open_browser) -> Page:
    """A browser with scripts."""
    return open_browser().new_page()


def newcomer(page: Page, site: str) -> None:
    email = f"protegee-{next(_serial)}@exemple.fr"
    password = "quatre-mots-sans-rapport"
    steps.sign_up(page, site, name="Prune Hardy", email=email, commune="Poitiers", password=password)
    page.goto(steps.follow_letter(page, site, to=email, subject="Confirmez votre adresse"))
    page.get_by_role("button", name="Oui, confirmer mon adresse").click()
    steps.sign_in(page, site, email, password=password)


def cents(text: str) -> int:
    sign = -1 if text.startswith(("-", "−")) else 1
    whole, _, rest = re.sub(r"[^\d,]", "", text).partition(",")
    return sign * (int(whole) * 100 + int((rest + "00")[:2]))


def test_the_figures_of_the_simulation_never_leave_the_browser(live, page):
    steps.sign_in(page, live.url, "claire")
    page.goto(f"{live.url}{HERE}/simulation", wait_until="networkidle")
    sent: list[str] = []

    def note(request: Request) -> None:
        sent.append(request.url)

    page.on("request", note)

    for income, liquid, commitments in FIGURES:
        facts = dict(zip(GROUPS, (income, liquid, commitments), strict=True))
        for group, amount in facts.items():
            first, second = GROUPS[group]
            page.locator(f"#sim-{first}").fill(euros(amount // 2))
            page.locator(f"#sim-{second}").fill(euros(amount - amount // 2))

        found = {name: cents(page.locator(f"#sim-{name}").inner_text()) for name in ("net", "capacity", "threshold")}

        capacity = loss_capacity_cents(**facts)
        assert found == {
            "net": net_worth_cents(**facts),
            "capacity": capacity,
            "threshold": threshold_cents(capacity),
        }, facts
    page.get_by_role("button", name="Reporter ce résultat").click()
    page.wait_for_timeout(300)

    assert sent == []
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


def test_only_the_result_is_sent_and_only_if_one_wants(live, page):
    newcomer(page, live.url)
    page.goto(f"{live.url}{HERE}/simulation")
    for name, amount in {"work": f"42{NBSP}000 €", "cash": "60 000", "home": "22000,00"}.items():
        page.locator(f"#sim-{name}").fill(amount)
    page.get_by_role("button", name="Reporter ce résultat").click()
    expect(page.get_by_label("Ma capacité à supporter des pertes, en euros")).to_have_value("8000")
    steps.tick(page, "J’ai vu le résultat de ma simulation")

    with page.expect_request(lambda request: request.method == "POST") as posted:
        page.get_by_role("button", name="Enregistrer").click()

    assert set(parse_qs(posted.value.post_data or "")) == {"csrf_token", "share", "result", "seen"}
    assert not re.search(r"42|60|22", re.sub(r"csrf_token=[^&]*", "", posted.value.post_data or ""))
    expect(page.locator("main")).to_contain_text(f"Au-delà de 4{NBSP}000{NBSP}€")


def test_what_is_no_amount_is_said_at_its_field_at_once(live, page):
    steps.sign_in(page, live.url, "claire")
    page.goto(f"{live.url}{HERE}/simulation")
    page.locator("#sim-work").fill("beaucoup")

    expect(page.locator("#sim-work-error")).to_be_visible()
    expect(page.locator("#sim-work")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#sim-capacity")).to_have_text("–")
    expect(page.get_by_role("button", name="Reporter ce résultat")).to_be_disabled()
    page.locator("#sim-work").fill("1 000")
    expect(page.locator("#sim-work-error")).to_be_hidden()
    expect(page.locator("#sim-capacity")).to_have_text(f"100{NBSP}€")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_a_failed_test_to_less_protection_and_back(live, open_browser, watch, scripts):
    page = open_browser(java_script_enabled=scripts).new_page()
    newcomer(page, live.url)
    page.goto(f"{live.url}/mon-compte")
    page.get_by_role("link", name="Voir mes protections").click()
    page.get_by_role("link", name="Répondre aux questions").click()
    steps.tick(page, "Aider un projet d’ici")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    for place in range(8):
        page.locator("fieldset").nth(place).locator("label").first.click()
    page.get_by_role("button", name="Voir mes réponses").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Avertissement à lire")
    watch.expect(422)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("alert")).to_contain_text("Cochez cette case")
    steps.tick(page, "J’ai reçu et compris cet avertissement")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("status")).to_contain_text("Vous pouvez participer.")
    page.get_by_role("link", name="Faire la simulation").click()
    expect(page.locator("#simulateur")).to_be_visible(visible=scripts)
    expect(page.get_by_role("link", name="une feuille à imprimer")).to_be_visible()
    steps.tick(page, "Non, je le garde pour moi")
    steps.tick(page, "J’ai vu le résultat de ma simulation")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("main")).to_contain_text("Vous avez gardé le résultat pour vous.")
    page.get_by_role("link", name="Demander à être investisseur averti").click()
    page.get_by_label("Revenu brut annuel").fill("60 000")
    page.get_by_label("Mois à la direction").fill("12")
    steps.tick(page, "Un investisseur averti est moins protégé")
    steps.tick(page, "J’atteste remplir les critères")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.locator("main")).to_contain_text("Demande en attente")
    staff = open_browser(java_script_enabled=scripts).new_page()
    steps.sign_in(staff, live.url, "helene")
    staff.goto(f"{live.url}/moderation/investisseurs")
    staff.locator(".panel", has_text="Prune Hardy").last.get_by_role("button", name="Accepter").click()
    page.goto(f"{live.url}{HERE}")
    expect(page.locator("main")).to_contain_text("Vous êtes investisseur averti jusqu’au")
    page.get_by_role("button", name="Redevenir investisseur non averti").click()
    expect(page.get_by_role("status")).to_contain_text("Toutes les protections s’appliquent.")


def test_an_amount_is_lowered_raised_and_withdrawn(live, page):
    steps.sign_in(page, live.url, "claire")
    page.goto(live.url)
    page.get_by_role("link", name="Le Fournil du Clain").first.click()
    campaign = page.url.rpartition("/")[2]
    steps.promise(page, live.url, campaign, "90")
    steps.save_card(page)
    mine = steps.saved(page)
    page.goto(mine)
    page.get_by_role("link", name="Modifier le montant").click()
    page.get_by_label("Nouveau montant en euros").fill("60")
    page.get_by_role("button", name="Changer le montant").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Mon engagement de 60{NBSP}€")
    page.get_by_role("link", name="Modifier le montant").click()
    page.get_by_label("Nouveau montant en euros").fill("120")
    page.get_by_role("button", name="Changer le montant").click()
    expect(page.locator("main")).to_contain_text("un nouveau délai de réflexion a commencé")
    page.get_by_role("button", name="Annuler mon engagement").click()
    expect(page.get_by_role("status")).to_contain_text("Votre engagement est annulé.")
