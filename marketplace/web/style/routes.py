"""GET /style: the living style page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from marketplace.web import covers
from marketplace.web.access import public
from marketplace.web.icons import ICONS
from marketplace.web.style import samples, tokens

bp = Blueprint("style", __name__)


@bp.get("/style")
@public
def page() -> ResponseReturnValue:
    """Show every token and component, with content like that of the product."""
    return render_template(
        "style/index.html",
        colours=tokens.colours().values(),
        pairs=tokens.pairs(),
        icons=ICONS,
        sectors=tuple(covers.SCENES),
        samples=samples,
        plain_form=samples.SampleForm(formdata=None, prefix="plain"),
        refused=samples.refused_form(),
    )
