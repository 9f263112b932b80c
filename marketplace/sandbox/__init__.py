"""A Stripe of our own: the calls this product makes, answered as Stripe answers them, on this machine only.

Stripe's OpenAPI description gives the requests their checks and the answers their shape; the behaviour is written by
hand. It imports nothing of `marketplace` but itself, moves no money and knows test cards only.

    python -m marketplace.sandbox --port 8001 --store var/sandbox.sqlite

    with Sandbox() as sandbox:  # in a test: a free port, everything in memory
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": sandbox.url})
"""

from marketplace.sandbox.server import Sandbox

__all__ = ["Sandbox"]
