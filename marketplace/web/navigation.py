"""The one table of links that layouts show. A link appears only when the application answers its path."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from marketplace.web.context import runtime
from marketplace.web.languages import Alternate, alternates

_KEY = "mitoyen_navigation"


class Visitor(Protocol):
    """What the account menu needs to know of a signed-in person."""

    @property
    def is_administrator(self) -> bool:
        """Whether the person reviews campaigns."""


@dataclass(frozen=True)
class Link:
    """One entry of a menu.

    icon: a name of ``icons.ICONS``; post: the entry is a form, not a link; shorter: the words for a narrow screen.
    """

    path: str
    label: LazyString
    icon: str = "chevron-right"
    post: bool = False
    shorter: LazyString | None = None

    @property
    def short(self) -> LazyString:
        """The words for a narrow screen."""
        return self.shorter or self.label

    @property
    def current(self) -> Markup:
        """The attribute that marks the page one is on, or the section it belongs to."""
        if request.path == self.path:
            return Markup(' aria-current="page"')
        inside = self.path != "/" and request.path.startswith(f"{self.path}/")
        return Markup(' aria-current="true"') if inside else Markup()


_MAIN = (
    Link("/", _l("Près de chez moi"), "map-pin"),
    Link("/proposer", _l("Proposer un projet"), "sprout"),
    Link("/comment-ca-marche", _l("Comment ça marche"), "info"),
)
_VISITOR = (
    Link("/connexion", _l("Se connecter"), "log-in"),
    Link("/inscription", _l("Créer un compte"), "user-plus"),
)
_OWN = (
    Link("/mes-engagements", _l("Mes engagements"), "hand-coins"),
    Link("/mes-projets", _l("Mes projets"), "folder-open"),
    Link("/mes-organisations", _l("Mes organisations"), "landmark"),
)
_ADMINISTRATOR = (
    Link("/moderation", _l("À relire"), "list-checks"),
    Link("/moderation/journal", _l("Journal des décisions"), "newspaper"),
    Link("/moderation/residences", _l("Résidences à vérifier"), "shield-check"),
    Link("/moderation/investisseurs", _l("Investisseurs avertis"), "scale"),
    Link("/moderation/organisations", _l("Organisations à vérifier"), "users"),
    Link("/territoires-de-projet", _l("Territoires de projet"), "landmark"),
)
_ACCOUNT = (
    Link("/mon-compte", _l("Mon compte"), "user"),
    Link("/deconnexion", _l("Se déconnecter"), "log-out", post=True),
)
_DEMONSTRATION = (
    Link("/boite", _l("Boîte aux lettres de démonstration"), "mail", shorter=_l("Boîte aux lettres")),
    Link("/horloge", _l("Horloge de démonstration"), "clock", shorter=_l("Horloge")),
)
_FOOTER = (
    Link("/comment-ca-marche", _l("Comment ça marche")),
    Link("/regle-locale", _l("La règle locale")),
    Link("/regle-locale/malaunay", _l("La règle, rejouée")),
    Link("/frais-et-risques", _l("Frais et risques")),
    Link("/relecture", _l("Relecture et recours")),
    Link("/accessibilite", _l("Accessibilité")),
    Link("/confidentialite", _l("Vie privée")),
    Link("/mentions-legales", _l("Mentions légales")),
    Link("/style", _l("Feuille de style")),
)

_LANGUAGE = Link("/langue", _l("Langue"), post=True)


class Navigation:
    """The menus of this application, without the entries that nothing answers."""

    residence = "/mon-compte/residence"

    def main(self) -> list[Link]:
        """Return the entries that everybody sees in the header."""
        return _answered(_MAIN)

    def own(self, visitor: Visitor | None) -> list[Link]:
        """Return the account menu; that of a stranger signs in or up."""
        if visitor is None:
            return _answered(_VISITOR)
        return _answered((*_OWN, *(_ADMINISTRATOR if visitor.is_administrator else ()), *_ACCOUNT))

    def demonstration(self) -> list[Link]:
        """Return the tools of the demonstration that this installation has: the mailbox, the clock."""
        config = runtime().config
        there = {"/boite": config.mailbox, "/horloge": config.demonstration}
        return _answered([link for link in _DEMONSTRATION if there[link.path]])

    def footer(self) -> list[Link]:
        """Return the pages about the house."""
        return _answered(_FOOTER)

    def alternates(self, site_url: str) -> list[Alternate]:
        """Return where the page one is on is in each language."""
        return alternates(site_url)

    def changes_language(self) -> bool:
        """Tell whether the language can be changed from the footer."""
        return bool(_answered((_LANGUAGE,)))


def _answered(links: Iterable[Link]) -> list[Link]:
    known: dict[str, bool] = current_app.extensions[_KEY]
    for link in links:
        if link.path not in known:
            known[link.path] = _answers(link)
    return [link for link in links if known[link.path]]


def _answers(link: Link) -> bool:
    adapter = current_app.url_map.bind("localhost")
    try:
        adapter.match(link.path, method="POST" if link.post else "GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def install(app: Flask) -> None:
    """Give `navigation` to every template."""
    app.extensions[_KEY] = {}
    app.jinja_env.globals["navigation"] = Navigation()
