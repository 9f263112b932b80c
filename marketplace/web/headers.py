"""Security headers of every answer, errors and static files included."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_babel import get_locale

from marketplace.web.context import runtime

_STRIPE_FORMS = ("https://checkout.stripe.com", "https://connect.stripe.com")


# The same on every answer, pages and files alike.
FIXED: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# A file is looked at by itself only when somebody opens its address: it may do nothing then.
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"


def content_security_policy() -> str:
    """Return the policy: our own files only, and forms that may end on the hosted payment page.

    Chromium applies form-action to the redirect that answers a form, so Checkout's origin is listed.
    """
    base = runtime().config.stripe_api_base
    payment = _STRIPE_FORMS if base is None else (f"{urlsplit(base).scheme}://{urlsplit(base).netloc}",)
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "script-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            f"form-action 'self' {' '.join(payment)}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def protect(response: Response) -> Response:
    """Add the headers; an answer that decides nothing about caching is never stored."""
    headers = response.headers
    page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
    if page and "Content-Security-Policy" not in headers:
        headers.setdefault("Content-Language", str(get_locale()))
        response.vary.update(("Cookie", "Accept-Language"))
    # A page that shows somebody else's HTML has brought a policy of its own, with a sandbox.
    headers.setdefault("Content-Security-Policy", content_security_policy())
    headers.update(FIXED)
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def install(app: Flask) -> None:
    """Protect every answer."""
    app.after_request(protect)
