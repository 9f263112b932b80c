"""Refusals, in the words and the shape of Stripe's own (https://docs.stripe.com/api/errors).

The messages were taken from recordings of the API at the version of the trimmed description, shipped with the same
wheel; they are English whatever the visitor reads, as Stripe's are.
"""

from typing import Any, Literal

from marketplace.sandbox.spec import JSON

ErrorType = Literal["api_error", "card_error", "idempotency_error", "invalid_request_error"]
DOC_URL = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """An answer that is not 200. keeps: what the call wrote before it is committed (a decline is an outcome)."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: ErrorType = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keeps: bool = False,
        retry: bool | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keeps = keeps
        self.retry = retry
        fields = {"code": code, "message": message, "param": param, "type": type, **facts}
        if code and type in ("card_error", "invalid_request_error"):
            fields["doc_url"] = DOC_URL + code.replace("_", "-")
        self.error: JSON = {name: value for name, value in sorted(fields.items()) if value is not None}

    @property
    def code(self) -> str | None:
        """Return the machine-readable reason, when Stripe gives one."""
        return self.error.get("code")

    def body(self, request_log_url: str) -> JSON:
        """Return the JSON document of the answer."""
        return {"error": dict(sorted({**self.error, "request_log_url": request_log_url}.items()))}


def missing(noun: str, id: str, *, param: str, status: int = 404) -> StripeError:
    """Name an object that does not exist: 404 when it is in the path, 400 when a parameter names it."""
    return StripeError(f"No such {noun}: '{id}'", status=status, code="resource_missing", param=param)


def unknown_parameter(param: str) -> StripeError:
    """Refuse a parameter that the call does not have."""
    return StripeError(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def missing_parameter(param: str) -> StripeError:
    """Ask for a parameter that the call cannot do without."""
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def empty_parameter(param: str) -> StripeError:
    """Refuse an empty value where nothing can be unset."""
    return StripeError(
        f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; "
        f"however '{param}' cannot be unset. You should remove '{param}' from your request or supply a non-empty "
        "value.",
        code="parameter_invalid_empty",
        param=param,
    )


def not_built(what: str, param: str | None = None) -> StripeError:
    """Refuse what Stripe can do and this sandbox cannot: silence would be a wrong answer."""
    message = f"The embedded sandbox does not support {what} yet; the real Stripe does."
    return StripeError(message, code="sandbox_not_implemented", param=param)


def declined(code: str, decline_code: str, message: str, *, param: str | None = None, **facts: Any) -> StripeError:
    """Report a card that was refused. What the attempt wrote is kept."""
    return StripeError(
        message, status=402, type="card_error", code=code, decline_code=decline_code, param=param, keeps=True, **facts
    )
