"""Pages of text, and the choice of language in the footer."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from marketplace.web.access import public
from marketplace.web.labels import PRESETS
from marketplace.web.languages import KEPT, LOCALES, without_language
from marketplace.web.legal import malaunay, telling
from marketplace.web.legal.figures import FIGURES, reflection_examples
from marketplace.web.legal.warnings import WARNINGS
from marketplace.web.messages import sentence
from marketplace.web.sign_in import safe_next

bp = Blueprint("legal", __name__)

# What the rule may answer besides yes, in the order it asks.
ANSWERS = (
    "campaign_closed",
    "no_residence",
    "claim_expired",
    "outside_rings",
    "level_too_low",
    "level_1_cap",
    "free_loan_cap",
    "hard_cap",
)


@bp.get("/comment-ca-marche")
@public
def how_it_works() -> ResponseReturnValue:
    """Show what happens from the first look to the charge, for residents and owners."""
    return render_template("legal/how_it_works.html", figures=FIGURES, examples=reflection_examples())


@bp.get("/regle-locale")
@public
def local_rule() -> ResponseReturnValue:
    """Show who may take part, with what proof, and what the rule says when it says no."""
    return render_template(
        "legal/local_rule.html",
        figures=FIGURES,
        presets=PRESETS.values(),
        answers=[sentence(code) for code in ANSWERS],
    )


@bp.get("/regle-locale/malaunay")
@public
def replay() -> ResponseReturnValue:
    """Show one campaign under three rules: what the rule is for."""
    return render_template(
        "legal/malaunay.html",
        drawings=malaunay.drawings(),
        told=telling.TOLD,
        money_ticks=malaunay.money_ticks(),
        day_ticks=malaunay.day_ticks(),
        span=telling.span,
    )


@bp.get("/frais-et-risques")
@public
def fees_and_risks() -> ResponseReturnValue:
    """Show what it costs, what one may lose, and the warnings of European law."""
    return render_template("legal/fees_and_risks.html", figures=FIGURES, warnings=WARNINGS)


@bp.get("/accessibilite")
@public
def accessibility() -> ResponseReturnValue:
    """Show the accessibility statement."""
    return render_template("legal/accessibility.html")


@bp.get("/confidentialite")
@public
def privacy() -> ResponseReturnValue:
    """Show what is kept of people, for how long, and who sees it."""
    return render_template("legal/privacy.html", figures=FIGURES, cookie=current_app.config["SESSION_COOKIE_NAME"])


@bp.get("/mentions-legales")
@public
def legal_notice() -> ResponseReturnValue:
    """Show who answers for the site, its licences, and that no authorisation is held."""
    return render_template("legal/legal_notice.html")


@bp.post("/langue")
@public
def choose_language() -> ResponseReturnValue:
    """Keep the language chosen on this device, and go back to the page it was chosen on."""
    locale = request.form.get("locale")
    if locale not in LOCALES:
        abort(400)
    session[KEPT] = locale
    return redirect(_page_to_return_to(request.form.get("suite")), code=303)


def _page_to_return_to(target: str | None) -> str:
    """Return the page named by a form if this site shows it; the home page for anything else."""
    page = without_language(safe_next(target))
    try:
        current_app.url_map.bind("localhost").match(page.partition("?")[0], method="GET")
    except RequestRedirect:
        return page
    except HTTPException:
        return "/"
    return page
