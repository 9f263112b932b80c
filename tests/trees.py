"""Pages as trees; and whether they are HTML that no browser has to repair."""

import re
from functools import cache
from xml.etree.ElementTree import Element

import html5lib
from html5lib.html5parser import ParseError
from lxml import html

# What a parse error can depend on: tags, names of attributes, ampersands, and where there is text at all.
_TEXT = re.compile(r">([^<>&]+)(?=<)")
_VALUE = re.compile(r'="([^"]*)"')
_TELLING = re.compile(r"[&<>]")
# No HTML holds these.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_PARSER = html.HTMLParser(remove_comments=True)


def parse_error(page: str, *, part: bool = False) -> str | None:
    """Return what a browser would have to repair first, None where there is nothing.

    part: of a page. Pages of one build are looked at once: html5lib takes as long as all that makes a page.
    """
    bare = _TEXT.sub(lambda found: ">" + ("x" if found[1].strip() else " "), page)
    return _first_error(_VALUE.sub(lambda found: found[0] if _TELLING.search(found[1]) else '=""', bare), part=part)


@cache
def _first_error(page: str, *, part: bool) -> str | None:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        parser.parseFragment(page) if part else parser.parse(page)
    except ParseError as error:
        return str(error)
    return None


def parse(page: str) -> Element:
    """Return the tree of a page. Raises AssertionError: a browser would have to repair it."""
    found = parse_error(page)
    assert found is None, found
    assert not _CONTROL.search(page)
    return as_it_is(page)


def as_it_is(page: str) -> Element:
    """Return the tree of a page, whatever it holds."""
    return html.document_fromstring(page, parser=_PARSER)


def parse_part(part: str) -> Element:
    """Return the tree of a part of a page. Raises AssertionError: a browser would have to repair it."""
    found = parse_error(part, part=True)
    assert found is None, found
    return html.fragment_fromstring(part, create_parent=True, parser=_PARSER)
