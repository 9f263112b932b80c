"""Webhook endpoints: where events are sent, and the secret that signs them."""

from urllib.parse import urlsplit

from marketplace.sandbox.account import Account, Call, merged_metadata, public, unset
from marketplace.sandbox.errors import StripeError
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.lists import page
from marketplace.sandbox.operations import PAGING, operation
from marketplace.sandbox.spec import JSON

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@operation("POST /v1/webhook_endpoints", "api_version", "connect", "description", "enabled_events", "metadata", "url")
def create(account: Account, call: Call) -> JSON:
    """Create an endpoint. The secret is told here and never again, as at Stripe."""
    params = call.params
    check_url(params["url"])
    endpoint = account.specification.compose(
        "webhook_endpoint",
        id=new_id("webhook_endpoint"),
        api_version=params.get("api_version"),
        created=account.now(),
        description=unset(params.get("description")),
        enabled_events=params["enabled_events"],
        metadata=merged_metadata(None, params.get("metadata")),
        status="enabled",
        url=params["url"],
    )
    secret = new_id("webhook_secret")
    account.add(endpoint | {"_secret": secret, "_connect": params.get("connect", False)})
    return endpoint | {"secret": secret}


@operation(
    "POST /v1/webhook_endpoints/{webhook_endpoint}", "description", "disabled", "enabled_events", "metadata", "url"
)
def update(account: Account, call: Call) -> JSON:
    """Change an endpoint; ``disabled`` stops its deliveries."""
    endpoint = _get(account, call)
    params = call.params
    if "url" in params:
        check_url(params["url"])
    for name in ("description", "enabled_events", "url"):
        if name in params:
            endpoint[name] = unset(params[name])
    if "metadata" in params:
        endpoint["metadata"] = merged_metadata(endpoint["metadata"], params["metadata"])
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    return public(account.save(endpoint))


@operation("GET /v1/webhook_endpoints/{webhook_endpoint}")
def retrieve(account: Account, call: Call) -> JSON:
    """Return one endpoint, without its secret."""
    return public(_get(account, call))


@operation("GET /v1/webhook_endpoints", *PAGING)
def list_endpoints(account: Account, call: Call) -> JSON:
    """List the endpoints, newest first."""
    return page(account, call, "webhook_endpoint")


@operation("DELETE /v1/webhook_endpoints/{webhook_endpoint}")
def delete(account: Account, call: Call) -> JSON:
    """Delete an endpoint; what was still to be delivered there is dropped."""
    endpoint = _get(account, call)
    account.store.run("DELETE FROM object WHERE id = ?", (endpoint["id"],))
    account.store.run(
        "UPDATE delivery SET state = 'dropped' WHERE endpoint = ? AND state = 'pending'", (endpoint["id"],)
    )
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def check_url(url: str) -> None:
    """Accept addresses of this machine only: nothing of the sandbox leaves it. Raises StripeError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise StripeError("Invalid URL: must be a valid URL", code="url_invalid", param="url")
    if parts.hostname not in LOOPBACK:
        raise StripeError(
            f"Invalid URL: the embedded sandbox only delivers to this machine ({', '.join(LOOPBACK)}).",
            code="url_invalid",
            param="url",
        )


def _get(account: Account, call: Call) -> JSON:
    return account.get("webhook_endpoint", call.path["webhook_endpoint"], param="webhook_endpoint")
