"""A large campaign, read twice, corrected, agreed to by two, corrected again once people had pledged, and confirmed."""

import pytest
from e2e import campaigns, redress, steps
from playwright.sync_api import Page, expect

TITLE = "Une grande halle pour le marché de Ligugé"
NOTE = "Dites ce que coûtent les briques et le maçon."


@pytest.mark.untimed
def test_two_agree_and_backers_confirm_a_material_change(live, open_browser):
    campaign = campaigns.submit(live.database, TITLE, goal_cents=90_000_00, hard_cap_cents=150_000_00)
    nadia, claire, helene, karim = (open_browser().new_page() for _ in range(4))
    for login, page in (("nadia", nadia), ("claire", claire), ("helene", helene), ("karim", karim)):
        steps.sign_in(page, live.url, login)
    review = f"{live.url}/moderation/campagnes/{campaign}"

    # Hélène takes it, and sends it back.
    helene.goto(review)
    helene.get_by_role("button", name="Je m’en occupe").click()
    expect(helene.locator("main")).to_contain_text("Vous la relisez jusqu’au")
    karim.goto(review)
    expect(karim.locator("#decider")).to_contain_text("Hélène Aubry relit cette collecte jusqu’au")
    expect(karim.get_by_role("button", name="Donner le premier accord")).to_have_count(0)
    form = helene.locator("form", has=helene.get_by_role("button", name="Renvoyer au porteur"))
    steps.tick(form, "Usage des fonds flou")
    form.get_by_label("Ce que le porteur doit savoir").fill(NOTE)
    form.get_by_role("button", name="Renvoyer au porteur").click()

    # Nadia corrects.
    nadia.goto(f"{live.url}/mes-projets/{campaign}/modifier")
    nadia.get_by_label("Votre histoire").fill("Nous réparons la halle. Les briques coûtent 150 € la palette, à Ligugé.")
    nadia.get_by_role("button", name="Enregistrer et envoyer en relecture").click()
    expect(nadia.get_by_role("status")).to_contain_text("Votre collecte est envoyée")

    # Both read what changed and agree; one agreement publishes nothing.
    helene.goto(review)
    expect(helene.locator("#changements")).to_contain_text("la palette")
    redress.check_everything(helene)
    helene.get_by_role("button", name="Donner le premier accord").click()
    expect(helene.get_by_role("status")).to_contain_text("Un autre administrateur doit donner le sien")
    karim.goto(review)
    expect(karim.locator("#decider")).to_contain_text("Hélène Aubry a donné son accord")
    karim.get_by_role("button", name="Publier cette collecte").click()
    expect(karim.get_by_role("status")).to_contain_text("La collecte est publiée.")

    # Claire pledges, then Nadia corrects what matters.
    steps.promise(claire, live.url, str(campaign), "40")
    steps.save_card(claire)
    mine = steps.saved(claire)
    redress.ask_correction(nadia, live.url, str(campaign))
    decide_material(karim, live.url)

    # Everybody reads what changed; Claire is asked again, and confirms.
    letter = steps.open_letter(claire, live.url, to="claire@", subject=f"« {TITLE} » a changé")
    expect(letter).to_contain_text("annulé et rien n’est débité")
    claire.goto(f"{live.url}/collectes/{campaign}")
    claire.get_by_text("1 correction depuis la publication").click()
    expect(claire.locator("main ins").first).to_contain_text("150 € de plus")
    claire.goto(mine)
    claire.get_by_role("button", name="Reconfirmer").first.click()
    expect(claire.get_by_role("status")).to_be_visible()
    claire.goto(mine)
    expect(claire.get_by_role("button", name="Reconfirmer")).to_have_count(0)


def decide_material(page: Page, site: str) -> None:
    page.goto(f"{site}/moderation/corrections")
    page.get_by_role("link", name=TITLE).click()
    expect(page.locator("main")).to_contain_text("1 personne est engagée, pour 40 €")
    steps.tick(page, "Publier comme changement important")
    page.get_by_label("Ce que le porteur doit savoir").fill("Le prix change : chacun doit le savoir.")
    page.get_by_role("button", name="Décider").click()
    expect(page.get_by_role("status")).to_contain_text("La décision est prise.")
