"""The page about one's own residence, which several views answer with; and what opens and seals proofs."""

from collections.abc import Callable
from datetime import timedelta

from flask import current_app, render_template

from marketplace.core.errors import Refused
from marketplace.core.sealing import Keyring
from marketplace.locality.limits import ONE_LOOK_CAP
from marketplace.residency import proof_queries, queries
from marketplace.residency.queries import Home
from marketplace.residency.rules import RENEWAL, may_ask_verification, renewable_from
from marketplace.residency.twod_doc import Trust
from marketplace.web.context import in_transaction, me, now, reading, runtime
from marketplace.web.fields import refuse
from marketplace.web.messages import sentence
from marketplace.web.messages.residence import ENDS, STANDINGS, TRIED
from marketplace.web.residency.forms import CodeForm, RenewalForm, ResidenceForm, WorkForm

# What ends within this time is shown to administrators.
SOON = timedelta(days=30)


def keyring() -> Keyring:
    """Return the keys of this installation."""
    config = runtime().config
    return Keyring(config.proof_keys, config.proof_pepper)


def trust() -> Trust:
    """Return whom this installation believes about signed barcodes."""
    trusted: Trust = current_app.extensions["mitoyen_trust"]()
    return trusted


def swear(form: ResidenceForm | WorkForm, note: Callable[..., object]) -> bool:
    """Have a service note the commune of a sworn statement; where it is not noted, the form says why."""
    if not form.validate():
        return False
    facts = {"account_id": me().account_id, "commune_code": form.commune.data or "", "now": now()}
    try:
        in_transaction(lambda session: note(session, statement=str(form.sworn.label.text), **facts))
    except Refused as error:
        refuse(form, sentence(error.code, **error.facts), error.field)
        return False
    return True


def residence() -> Home | None:
    """Return where the person says they live."""
    with reading() as session:
        return queries.home(session, me().account_id)


def own_page(*, renewal: RenewalForm | None = None, code: CodeForm | None = None) -> str:
    """Show the commune, what it is worth and until when, what was tried, and what may be done."""
    at = now()
    with reading() as session:
        home = queries.home(session, me().account_id)
        assert home is not None
        letter = proof_queries.letter(session, home.id)
        attempts = proof_queries.attempts(session, me().account_id)
        history = proof_queries.history(session, me().account_id)
    standing = home.standing(at)
    title, words = STANDINGS[standing]
    renewable = home.level > 0 and at >= renewable_from(home.level, home.expires_at)
    one_look = home.verified_with == "document" and not home.seconded
    awaited = letter is not None and letter.outcome is None
    entering = awaited and letter is not None and letter.posted_at is not None
    return render_template(
        "residency/own.html",
        form=code or renewal or (RenewalForm(formdata=None) if renewable else None),
        renewal=renewal or (RenewalForm(formdata=None) if renewable else None),
        code=(code or CodeForm(formdata=None)) if entering else None,
        home=home,
        standing=standing,
        title=title,
        words=words,
        letter=letter if awaited else None,
        # A letter adds something while level 2 is not reached, or nearly over.
        may_write=not awaited
        and (standing == "declared" or (standing == "confirmed" and home.expires_at <= at + RENEWAL)),
        attempts=[_attempt(one) for one in attempts],
        history=[(past, ENDS.get(past.end_reason or "")) for past in history[1:]],
        refusal=sentence(home.refusal) if home.refusal else None,
        revoked=sentence(home.revoke_reason) if home.revoke_reason else None,
        one_look_cents=ONE_LOOK_CAP if one_look and standing == "proven" else None,
        may_ask=home.request != "pending"
        and may_ask_verification(home.level, home.expires_at, at, by_two=one_look) is None,
    )


def _attempt(one: proof_queries.Attempt) -> dict[str, object]:
    title = TRIED[one.kind, "queued" if one.reason == "queued" else "refused" if one.reason else "accepted"]
    return {"at": one.at, "title": title, "text": sentence(one.reason) if one.reason not in {None, "queued"} else None}
