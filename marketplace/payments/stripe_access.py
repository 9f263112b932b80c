"""How the gateway reaches Stripe: the client, and what its errors mean to us.

`stripe` is imported only when it is used: the import costs half a second and 31 MB.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from marketplace.core.db import transaction_open
from marketplace.core.errors import NotFound, Unavailable
from marketplace.payments.gateway import BrokeDown, Refusal, TooFast

if TYPE_CHECKING:
    import stripe

T = TypeVar("T")
logger = logging.getLogger(__name__)

# The version of the OpenAPI description that the sandbox is driven by; never the SDK's newer default.
API_VERSION = "2026-08-26.dahlia"
TIMEOUT_SECONDS = 10
# Reason of a request that was refused as invalid, where the provider gives no code.
INVALID = "invalid_request"


@dataclass(frozen=True)
class StripeAccess:
    """The keys and the address of one account of Stripe. api_base: of the sandbox, None for Stripe itself."""

    secret_key: str
    api_base: str | None = None
    api_version: str = API_VERSION
    http_client: Any = None

    def load(self) -> None:
        """Read the SDK now rather than at the first request."""
        self._client()

    def _client(self) -> "stripe.StripeClient":
        import stripe  # noqa: PLC0415

        stripe.enable_telemetry = False
        addresses: Any = {"api": self.api_base} if self.api_base else None
        return stripe.StripeClient(
            self.secret_key,
            stripe_version=self.api_version,
            base_addresses=addresses,
            http_client=self.http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
            max_network_retries=2,
        )


def call(request: Callable[[], T]) -> T:
    """Run one request to the provider, never inside a transaction of ours.

    Raises Unavailable: no answer; TooFast: too many requests; BrokeDown: a breakdown at the provider, which said so.
    Raises NotFound: the provider knows no such object. Declines pass as they are.
    """
    import stripe  # noqa: PLC0415

    assert not transaction_open(), "a network call inside a transaction would hold its locks"
    try:
        return request()
    except stripe.RateLimitError as error:  # the SDK does not try this again
        raise TooFast("stripe") from error
    except stripe.APIConnectionError as error:
        raise Unavailable("stripe") from error
    except stripe.APIError as error:
        raise BrokeDown("stripe") from error
    except stripe.InvalidRequestError as error:
        if error.http_status != HTTPStatus.NOT_FOUND:
            raise
        raise NotFound("stripe") from error


def ask(request: Callable[[], T]) -> T | Refusal:
    """Run one request like `call`; a request that the provider refuses for good is an answer, not an error."""
    import stripe  # noqa: PLC0415

    try:
        return call(request)
    except stripe.InvalidRequestError as error:
        logger.warning("the provider refused: %s", error)
        return Refusal(error.code or INVALID)


def all_pages(first: Callable[[], Any]) -> list[Any]:
    """Return the objects of every page of a list; each page is a request, so all are made inside `call`."""
    return call(lambda: list(first().auto_paging_iter()))


def metadata(body: Any) -> dict[str, str]:
    """Return what we noted on an object of the provider."""
    return body.to_dict().get("metadata") or {}


def instant(seconds: int) -> datetime:
    """Return a moment of the provider's clock, aware UTC."""
    return datetime.fromtimestamp(seconds, UTC)
