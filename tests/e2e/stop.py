"""One page of the tour."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Stop:
    """A page to look at. path: with places in braces; what starts with "http" after they are filled in is elsewhere.

    who: login, nobody for a visitor, "typed" for a visitor who said where they live. then: what is done on the page to
    reach what is to be looked at. status: of the page one arrives at.
    """

    name: str
    path: str
    who: str = "nobody"
    then: Callable[[Page], None] | None = None
    status: int = 200


def send(button: str) -> Callable[[Page], None]:
    """Send a form as it stands: what is missing is said."""

    def click(page: Page) -> None:
        page.get_by_role("button", name=button, exact=True).first.click()

    return click
