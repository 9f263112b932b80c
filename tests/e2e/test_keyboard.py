"""Without a mouse: from the feed to the page where one reads again, each stop visible and uncovered."""

import re
from typing import Any

from e2e.campaigns import publish
from playwright.sync_api import Page, expect

FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  // A card shows the focus of its link all around itself.
  const outlines = [one, one.closest('.card')].filter(Boolean).map(shown => getComputedStyle(shown))
    .map(style => style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth));
  const top = document.elementFromPoint(
    Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1),
    Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1));
  const label = one.labels && one.labels[0];
  return {
    text: (one.innerText || (label && label.innerText) || one.name || '').trim(),
    tag: one.tagName, name: one.name || '',
    outline: Math.max(...outlines),
    uncovered: !!top && (one.contains(top) || top.contains(one) || (label && label.contains(top))),
  };
}"""
MOST = 120


def tab_to(page: Page, *, text: str = "", name: str = "") -> dict[str, Any]:
    """Press Tab until a control is reached; every stop on the way shows where it is."""
    for _stop in range(MOST):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus is not None, "the focus left the page"
        assert focus["outline"] >= 2, focus
        assert focus["uncovered"], focus
        if (text and text in focus["text"]) or (name and focus["name"] == name):
            return focus
    raise AssertionError(f"not reached by the keyboard: {text or name}")


def test_a_pledge_is_prepared_with_the_keyboard_alone(live, tour):
    title = "Des nichoirs pour les hirondelles"
    publish(live.database, title)
    page = tour.page("claire")
    for width, height in ((1280, 900), (390, 740)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(live.url)
        first = tab_to(page, text="Aller au contenu")
        assert first["tag"] == "A"
        page.keyboard.press("Enter")
        tab_to(page, text=title)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        tab_to(page, text="Continuer")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Combien voulez-vous")
        tab_to(page, name="amount")
        page.keyboard.type("25")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Relisez avant de vous engager")
        tab_to(page, name="understood")
        page.keyboard.press("Space")
        expect(page.get_by_label("Je sais qu")).to_be_checked()
        tab_to(page, text="S’engager et enregistrer ma carte")


def test_the_menu_of_a_telephone_opens_and_closes_with_the_keyboard(live, tour):
    page = tour.page("claire")
    page.set_viewport_size({"width": 390, "height": 740})
    page.goto(live.url)
    tab_to(page, text="Menu")
    page.keyboard.press("Enter")
    tab_to(page, text="Mes engagements")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes engagements")


def test_a_refused_form_puts_the_focus_on_its_summary(live, open_browser, watch):
    watch.expect(422)
    page = open_browser().new_page()
    page.goto(f"{live.url}/connexion")
    page.get_by_label("Mot de passe").press("Enter")
    expect(page.locator(".summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Adresse électronique")).to_be_focused()


def test_an_amount_refused_in_place_says_so_as_a_new_page_would(live, tour, watch):
    watch.expect(422)
    page = tour.page("claire")
    page.goto(f"{live.url}/collectes/{tour.found['live']}/participer")
    page.get_by_label("Montant en euros").fill("3")
    page.keyboard.press("Enter")
    expect(page.locator(".summary")).to_be_focused()
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.get_by_label("Montant en euros")).to_have_value("3")


def test_nothing_moves_for_those_who_asked_for_stillness(live, tour):
    page = tour.page("claire")
    page.emulate_media(reduced_motion="reduce")
    for path in ("/", "/mes-engagements", "/style"):
        page.goto(f"{live.url}{path}")
        moving = page.evaluate(
            """() => [...document.querySelectorAll('*')].filter(one => {
              const style = getComputedStyle(one);
              const long = value => value.split(',').some(part => parseFloat(part) > .011);
              return long(style.transitionDuration) || long(style.animationDuration)
                || style.scrollBehavior === 'smooth';
            }).map(one => one.tagName + '.' + one.className)"""
        )
        assert moving == []
