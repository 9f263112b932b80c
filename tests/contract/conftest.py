"""The embedded sandbox, driven by Stripe's own client; every answer validated. No database."""

from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest
import stripe

from marketplace.sandbox import Sandbox
from marketplace.sandbox.spec import specification
from tests.contract.steps import Path, Receiver
from tests.contract.validation import Ledger, ValidatingClient

LEDGER = Ledger()
HERE = FilePath(__file__).resolve().parent
WHOLE_SUITE = 200


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell how many answers were held against the description."""
    if LEDGER.answers:
        terminalreporter.write_line(
            f"Stripe's description: {LEDGER.answers} answers of {len(LEDGER.operations)} calls validated, "
            f"{len(LEDGER.events)} kinds of events, {len(LEDGER.problems)} problems"
        )


@pytest.fixture(scope="session")
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """What was validated in this session.

    The session fails on any problem, even one that a test swallowed; and, when all of these tests ran here, on less
    than 100 answers.
    """
    yield LEDGER
    assert LEDGER.problems == []
    mine = [item for item in request.session.items if item.path.parent == HERE]
    if len(mine) >= WHOLE_SUITE and not hasattr(request.config, "workerinput"):
        assert LEDGER.answers > 100


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A new sandbox in memory; webhooks leave on ``deliver()`` only."""
    with Sandbox(background=False) as running:
        yield running


@pytest.fixture
def connect(ledger: Ledger) -> Callable[..., stripe.StripeClient]:
    """Return clients of a sandbox. retries: the SDK's own, none unless asked for."""

    def make(sandbox: Sandbox, *, retries: int = 0, key: str = "sk_test_contract", **options: Any) -> Any:
        client = ValidatingClient(ledger, **options)
        client.INITIAL_DELAY = 0.01
        client._sleep_time_seconds = lambda *_, **__: 0.01
        return stripe.StripeClient(
            key,
            stripe_version=specification().version,
            base_addresses={"api": sandbox.url},
            http_client=client,
            max_network_retries=retries,
        )

    return make


@pytest.fixture
def client(sandbox: Sandbox, connect: Callable[..., stripe.StripeClient]) -> stripe.StripeClient:
    """A client of the sandbox that never retries."""
    return connect(sandbox)


@pytest.fixture
def path(client: stripe.StripeClient) -> Path:
    """The steps of the product's path."""
    return Path(client)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An application that receives webhooks."""
    running = Receiver()
    yield running
    running.close()
