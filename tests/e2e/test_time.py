"""A visitor moves the demonstration's clock and watches: reflection ends, collections close, cards are charged.

The clock is everybody's and never goes back: this file is the last of its folder, and one walk sees everything.
"""

import pytest
from e2e import steps
from e2e.campaigns import publish
from playwright.sync_api import Page, expect

DECLINED_LATER = "4000 0000 0000 0341"


@pytest.fixture
def claire(tour) -> Page:
    found = tour.page("claire")
    found.set_viewport_size({"width": 1280, "height": 900})
    return found


def promised(page: Page, site: str, campaign: object, euros: str, card: str = steps.CARD) -> str:
    """Pledge; return the address of the pledge."""
    steps.promise(page, site, str(campaign), euros)
    steps.save_card(page, card)
    return steps.saved(page)


def advance(page: Page, site: str, button: str) -> None:
    page.goto(f"{site}/horloge")
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("status")).to_contain_text("L’horloge a avancé.")


def await_state(page: Page, address: str, state: str) -> None:
    """Load a pledge until the worker has brought it there."""
    badge = page.locator("main .badge").first
    for _try in range(120):
        page.goto(address)
        if badge.inner_text() == state:
            return
        page.wait_for_timeout(250)
    expect(badge).to_have_text(state)


@pytest.mark.parametrize("place", ["paid", "released"])
def test_the_invented_past_happened_in_order(place, tour, claire):
    claire.goto(tour.site + tour.found[place])
    times = claire.locator("#historique time, .timeline time").evaluate_all("all => all.map(one => one.dateTime)")
    assert len(times) >= 4
    assert times == sorted(times)


def test_time_ends_reflection_closes_collections_and_charges_cards(live, claire):
    page = claire
    reached = publish(live.database, "Un banc public devant l’école")
    missed = publish(live.database, "Une fontaine sur la grand-place", threshold_cents=250_00)
    refused = publish(live.database, "Un kiosque pour la fanfare")
    paid = promised(page, live.url, reached, "60")
    released = promised(page, live.url, missed, "60")
    declined = promised(page, live.url, refused, "60", DECLINED_LATER)

    advance(page, live.url, "+ 5 jours")
    advance(page, live.url, "+ 5 jours")
    await_state(page, paid, "Ferme")
    expect(page.get_by_role("button", name="Annuler mon engagement")).to_have_count(0)
    page.goto(f"{live.url}/collectes/{reached}")
    expect(page.locator(".buy")).to_contain_text("Seuil de 50 € atteint.")

    advance(page, live.url, "+ 30 jours")
    await_state(page, paid, "Payé")
    expect(page.locator(".timeline")).to_contain_text("Votre carte a été débitée")
    await_state(page, released, "Libéré")
    await_state(page, declined, "Paiement refusé")
    page.goto(f"{live.url}/collectes/{reached}")
    expect(page.locator(".buy")).to_contain_text("Réussie")
    page.goto(f"{live.url}/collectes/{missed}")
    expect(page.locator(".buy")).to_contain_text("Le seuil de 250 € n’a pas été atteint")
    assert steps.euros(page.locator(".buy .big").inner_text()) == 0
    expect(page.get_by_role("link", name="Participer")).to_have_count(0)

    for subject in (
        "« Un banc public devant l’école » se fera : 60 € débités",
        "« Une fontaine sur la grand-place » n’a pas atteint son seuil",
        "Le paiement de 60 € a été refusé",
    ):
        steps.open_letter(page, live.url, to="claire@", subject=subject)

    advance(page, live.url, "+ 30 jours")
    await_state(page, declined, "Non payé")
    page.goto(f"{live.url}/mes-engagements")
    expect(page.locator(".line", has_text="Un banc public").locator(".badge")).to_have_text("Payé")
