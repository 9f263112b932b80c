"""One's own protections on one page: what was asked, what it is worth today, until when."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.investors import queries
from marketplace.investors.rules import Party
from marketplace.protection import knowledge_test, loss_capacity
from marketplace.web import parties
from marketplace.web.access import signed_in
from marketplace.web.context import me, now, reading
from marketplace.web.investor.blueprint import bp
from marketplace.web.messages import sentence
from marketplace.web.sign_in import safe_next


@bp.get("/mon-compte/investisseur")
@signed_in
def own() -> ResponseReturnValue:
    """Show what is known of the person as an investor."""
    person, at = me(), now()
    with reading() as session:
        bodies = parties.choices(session, person)
        everybody = [Party(person.account_id), *(Party(person.account_id, one.organisation.id) for one in bodies)]
        standings = queries.standings(session, everybody, at)
        attempt = queries.last_attempt(session, person.account_id)
        simulation = queries.last_simulation(session, person.account_id)
        request_ = queries.last_request(session, person.account_id)
        _answers, answered_at = queries.profile(session, person.account_id)
    standing = standings[everybody[0]]
    return render_template(
        "investor/own.html",
        standing=standing,
        bodies=[(one, standings[party]) for one, party in zip(bodies, everybody[1:], strict=True)],
        test_until=knowledge_test.valid_until(attempt.taken_at) if attempt and standing.test else None,
        simulated_until=loss_capacity.valid_until(simulation[1]) if simulation and standing.simulated else None,
        request_=request_,
        refusal=sentence(request_.reason) if request_ and request_.reason else None,
        answered_at=answered_at,
        now=at,
        back=way_back(),
    )


def way_back() -> str | None:
    """Return where somebody came from on the way to a promise, None otherwise."""
    wanted = request.args.get("suite")
    return safe_next(wanted) if wanted else None
