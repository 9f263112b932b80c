"""Reading the pages that a browser without scripts gets, and filling their forms in."""

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import trees


def parse(answer: TestResponse) -> Element:
    """Return the tree of a page; refuse what a browser would have to repair."""
    return trees.parse(answer.text)


def text_of(tree: Element) -> str:
    """Return the words of a part, spaces made plain."""
    return " ".join("".join(tree.itertext()).split())


def by_id(tree: Element, name: str) -> Element:
    """Return the element of an id. Raises StopIteration: there is none."""
    return next(element for element in tree.iter() if element.get("id") == name)


def by_class(tree: Element, name: str) -> list[Element]:
    """Return the elements of a class, in the order of the page."""
    return [element for element in tree.iter() if name in (element.get("class") or "").split()]


def links(tree: Element) -> dict[str, str]:
    """Return the addresses of links by their words."""
    return {text_of(link): link.get("href", "") for link in tree.iter("a")}


@dataclass
class Reader:
    """A browser without scripts."""

    client: FlaskClient
    csrf: Callable[[FlaskClient], str]

    def get(self, path: str, **options: object) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path, **options)

    def post(self, path: str, **typed: str) -> TestResponse:
        """Send a form with its token."""
        return self.client.post(path, data={"csrf_token": self.csrf(self.client), **typed})

    def page(self, path: str) -> Element:
        """Return the tree of a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        return parse(answer)

    def from_(self, commune: str) -> "Reader":
        """Say on this device where one lives."""
        assert self.post("/ma-commune", commune=commune).status_code == 303
        return self
