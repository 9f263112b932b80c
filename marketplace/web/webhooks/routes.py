"""Stripe's doorbell: verify, store, answer. What it means is looked up by a job."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from marketplace.core.clock import real_now
from marketplace.web.access import signed_webhook
from marketplace.web.context import now, runtime

bp = Blueprint("webhooks", __name__)

LARGEST_BODY = 256_000


@bp.post("/webhooks/stripe")
@signed_webhook
def stripe() -> ResponseReturnValue:
    """Take an event. 400: not signed by Stripe, stale, or not JSON. 413: too large. 200 also when it came before."""
    if (request.content_length or 0) > LARGEST_BODY:
        abort(413)
    secret = runtime().config.stripe_webhook_secret
    if not secret:
        abort(503)
    try:
        event = runtime().gateway.read_event(
            body=request.get_data(cache=False),
            signature=request.headers.get("Stripe-Signature", ""),
            secret=secret,
            # Signatures are stamped with real time, the sandbox's too: what it was told of time is for its objects.
            now=real_now(),
        )
    except ValueError:
        abort(400)
    fresh = runtime().doorbell.ring(event, now=now())
    return {"received": True, "duplicate": not fresh}, 200
