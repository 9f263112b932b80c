"""An endpoint that is there is kept: a new one would lose what the old one still has to deliver."""

from marketplace.payments.stripe_gateway import StripeGateway
from marketplace.sandbox import Sandbox

URL = "http://127.0.0.1:8000/webhooks/stripe"


def test_an_endpoint_is_found_by_its_address_once_registered():
    with Sandbox() as sandbox:
        gateway = StripeGateway("sk_test_endpoint", sandbox.url)
        before = gateway.has_webhook(URL)

        gateway.register_webhook(URL)

        assert (before, gateway.has_webhook(URL), gateway.has_webhook(f"{URL}/other")) == (False, True, False)
