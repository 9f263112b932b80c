"""The owner's story: Markdown to safe HTML, once, when it is saved."""

from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# Stored beside the HTML: raise it when the output changes, so that old stories can be found and rendered again.
RENDERER = "story-1"

_SCHEMES = ("http://", "https://", "mailto:")
_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "h3", "h4", "h5", "h6", "hr", "code", "pre"}
_FIRST_HEADING = 3


def _allowed_link(url: str) -> bool:
    return url.lower().startswith(_SCHEMES)


def _nest_headings(state: StateCore) -> None:
    """Move headings below the page's own h2, and close gaps, so that the outline of the page stays whole."""
    last = _FIRST_HEADING - 1
    for token in state.tokens:
        if token.type == "heading_open":
            last = min(int(token.tag[1]) + _FIRST_HEADING - 1, last + 1, 6)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{last}"


def _renderer() -> MarkdownIt:
    # html=False: tags in the text are shown, not obeyed. Images would let a page call a third party.
    markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
    markdown.validateLink = _allowed_link  # type: ignore[method-assign]
    markdown.core.ruler.push("nest_headings", _nest_headings)
    return markdown


_MARKDOWN = _renderer()


def render(markdown: str) -> str:
    """Return a story as HTML that may be put in a page as it is.

    Two walls: the Markdown parser lets no tag and no odd link through, then nh3 keeps an allow-list only.
    """
    tokens: Sequence[Token] = _MARKDOWN.parse(markdown)
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )
