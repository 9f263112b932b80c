"""One request of the API from its headers to its answer. No Flask here: server.py hands the request over."""

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.sandbox import (
    balances,
    charges,
    checkout,
    customers,
    disputes,
    events,
    forms,
    lists,
    mandates,
    payment_intents,
    payment_methods,
    payouts,
    recipients,
    refunds,
    search,
    setup_intents,
    test_clocks,
    transfers,
    v2,
    webhook_endpoints,
)
from marketplace.sandbox.account import Account, Call
from marketplace.sandbox.errors import StripeError, not_built
from marketplace.sandbox.faults import Fault, Faults
from marketplace.sandbox.idempotency import Answer, Keys, check_key, once
from marketplace.sandbox.ids import new_id
from marketplace.sandbox.operations import HANDLERS, Handler
from marketplace.sandbox.spec import JSON, Operation, route

# Importing the modules of the resources is what fills the table of calls.
RESOURCES = (
    balances,
    charges,
    checkout,
    customers,
    disputes,
    events,
    mandates,
    payment_intents,
    payment_methods,
    payouts,
    recipients,
    refunds,
    search,
    setup_intents,
    test_clocks,
    transfers,
    webhook_endpoints,
)
# What a connected account may be asked about, or told to do, by ``Stripe-Account``.
OF_CONNECTED_ACCOUNTS = re.compile(r"/v1/(?:balance|balance_transactions|charges|events|payouts|refunds)(?:/\w+)?")
TEST_KEY = re.compile(r"(?:sk|rk)_test_\w+")
VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(?:\.[a-z]+)?(?:; .+)?")
NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we "
    "can help at https://support.stripe.com/."
)


class DroppedError(Exception):
    """The connection is to be closed without an answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived. key: the API key; pairs: of the query, or of the form; json: a document, None when it is none."""

    method: str
    path: str
    pairs: Iterable[tuple[str, str]]
    key: str | None
    headers: Mapping[str, str]
    is_json: bool = False
    json: Any = None


@dataclass(frozen=True, slots=True)
class Api:
    """Answers requests for one account."""

    account: Account
    faults: Faults = field(default_factory=Faults)
    keys: Keys = field(default_factory=Keys)

    def answer(self, request: Request) -> Answer:
        """Return the answer. Raises DroppedError: a planned fault wants none."""
        request_id = new_id("request")
        try:
            answer = self._answer(request, request_id)
        except StripeError as error:
            answer = self._refusal(error, request_id)
        answer.headers |= {
            "Request-Id": request_id,
            "Stripe-Version": request.headers.get("Stripe-Version") or self.account.specification.version,
        }
        if request.headers.get("Idempotency-Key"):
            answer.headers["Idempotency-Key"] = request.headers["Idempotency-Key"]
        return answer

    def _answer(self, request: Request, request_id: str) -> Answer:
        _check_headers(request)
        routed = self.account.specification.route(request.method, request.path) or route(
            v2.OPERATIONS, request.method, request.path
        )
        if routed is None:
            raise _unrecognized(request)
        fault = self.faults.take(request.method, request.path)
        if fault and not fault.stored and fault.kind not in ("sleep", "drop_after"):
            raise DroppedError if fault.kind == "drop" else fault.error()
        operation, path = routed
        handler = HANDLERS[operation.name]
        params = self._params(request, operation)
        handler.check(params)
        lists.check_expansions(self.account.specification, operation, params.get("expand", []))
        self._check_account(request)
        key = (request.headers.get("Idempotency-Key") or None) if request.method == "POST" else None
        speaks_for = request.headers.get("Stripe-Account") or None
        call = Call(url=request.path, params=params, path=path, request_id=request_id, key=key, account=speaks_for)
        answer = self._run(call, handler, fault)
        if fault and fault.kind == "drop_after":
            raise DroppedError
        return answer

    def _params(self, request: Request, operation: Operation) -> JSON:
        """Read what a call is given. Raises StripeError: a form where JSON is due, or the reverse; see the readers."""
        if request.path.startswith("/v2/") and request.method == "POST":
            if not isinstance(request.json, dict):
                raise StripeError("The request body must be a JSON object (Content-Type: application/json).")
            params: JSON = v2.read(operation.parameters, request.json)
            return params
        if request.is_json:
            raise StripeError(
                "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you "
                "have any questions, we can help at https://support.stripe.com/."
            )
        return forms.read(self.account.specification, operation, request.pairs)

    def _check_account(self, request: Request) -> None:
        """Let a call speak for a connected account there is, about what it may be asked. Raises StripeError."""
        named = request.headers.get("Stripe-Account")
        if not named:
            return
        if recipients.find(self.account, named) is None:
            raise StripeError(
                f"The provided key does not have access to account '{named}' (or that account does not exist). "
                "Application access may have been revoked.",
                status=403,
                code="account_invalid",
            )
        if not OF_CONNECTED_ACCOUNTS.fullmatch(request.path):
            raise not_built("this call in the name of a connected account")

    def _run(self, call: Call, handler: Handler, fault: Fault | None) -> Answer:
        if call.key is None:
            _sleep(fault)
            with self.account.transaction(call):
                return self._perform(call, handler, fault)
        check_key(call.key)
        with self.keys.held(call.remembered_as):
            _sleep(fault)
            with self.account.transaction(call):
                return once(self.account, call, lambda: self._perform(call, handler, fault))

    def _perform(self, call: Call, handler: Handler, fault: Fault | None) -> Answer:
        """Do what the call asks; undo it when it is refused, unless the refusal is an outcome to keep."""
        with self.account.store.savepoint() as savepoint:
            try:
                if fault and fault.stored:
                    raise fault.error()
                body = handler.function(self.account, call)
                return Answer(200, lists.expand(self.account, body, call.params.get("expand", [])))
            except StripeError as error:
                if not error.keeps:
                    savepoint.undo()
                return self._refusal(error, call.request_id or "")

    def _refusal(self, error: StripeError, request_id: str) -> Answer:
        headers = {}
        if error.retry is not None:
            headers["Stripe-Should-Retry"] = str(error.retry).lower()
        if error.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="Stripe"'
        return Answer(error.status, error.body(f"{self.account.base_url}/#{request_id}"), headers)


def _unrecognized(request: Request) -> StripeError:
    return StripeError(
        f"Unrecognized request URL ({request.method}: {request.path}). Please see https://stripe.com/docs or "
        "we can help at https://support.stripe.com/.",
        status=404,
    )


def _sleep(fault: Fault | None) -> None:
    """Wait with the key held and the store free: others are served, a retry is told to wait."""
    if fault and fault.kind == "sleep":
        time.sleep(fault.seconds)


def _check_headers(request: Request) -> None:
    """Refuse what no account would accept. Raises StripeError."""
    if not request.key:
        raise StripeError(NO_KEY, status=401)
    if not TEST_KEY.fullmatch(request.key):
        shown = request.key[:8] if len(request.key) > 12 else ""
        masked = f"{shown}{'*' * max(4, len(request.key) - 4 - len(shown))}{request.key[-4:]}"
        raise StripeError(f"Invalid API Key provided: {masked}", status=401)
    version = request.headers.get("Stripe-Version")
    if version and not VERSION.fullmatch(version):
        raise StripeError(f"Invalid Stripe API version: {version}")
