"""The control plane and the dashboard, over HTTP as another process uses them."""

import pytest
import requests

MONTH = 30 * 86_400


@pytest.fixture
def ask(sandbox):
    def send(method, name, body=None, **headers):
        return requests.request(method, f"{sandbox.url}/_sandbox/{name}", json=body, headers=headers, timeout=10)

    return send


def test_time_moves_forward_only(ask, client):
    before = ask("GET", "clock").json()

    after = ask("POST", "advance", {"seconds": MONTH}).json()
    same = ask("POST", "clock", {"offset": MONTH}).json()
    backwards = ask("POST", "clock", {"offset": 10})
    negative = ask("POST", "advance", {"seconds": -1})

    assert before["offset"] == 0
    assert (after["offset"], same["offset"]) == (MONTH, MONTH)
    assert MONTH <= after["now"] - before["now"] < MONTH + 10
    assert (backwards.status_code, negative.status_code) == (400, 400)
    assert "forward" in backwards.json()["error"]
    assert client.v1.customers.create().created >= before["now"] + MONTH


def test_a_long_absence_expires_what_was_open(ask, path):
    session = path.session(path.customer().id)

    ask("POST", "advance", {"seconds": MONTH})

    assert path.retrieve(session).status == "expired"


def test_faults_are_planned_listed_and_cleared(ask, sandbox):
    planned = ask("POST", "faults", {"match": "^GET /v1/events$", "kind": "429", "times": 2})
    met = requests.get(f"{sandbox.url}/v1/events", headers={"Authorization": "Bearer sk_test_x"}, timeout=10)

    assert planned.json()["faults"][0]["times"] == 2
    assert met.status_code == 429
    assert ask("GET", "faults").json()["faults"][0]["times"] == 1
    assert ask("DELETE", "faults").json() == {"faults": []}


def test_deliveries_are_steered_over_http(ask, client, path, receiver):
    client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    assert ask("POST", "hooks", {"mode": "hold"}).json() == {"mode": "hold", "bad_signature": False, "stale": 0}
    path.customer()
    assert ask("POST", "deliver", {}).json()["delivered"] == 0
    assert ask("POST", "hooks", {}).json()["mode"] == "normal"
    assert ask("POST", "deliver", {}).json()["delivered"] == 1
    (event,) = client.v1.events.list().data

    assert ask("POST", "resend", {"event": event.id}).json() == {"queued": 1}
    assert ask("POST", "resend", {"event": "evt_nothing"}).status_code == 400

    ask("POST", "deliver", {})
    states = [one["state"] for one in requests.get(_url(ask, event.id), timeout=10).json()["deliveries"]]
    assert states == ["delivered", "delivered"]
    assert len(receiver.received) == 2


def _url(ask, event):
    return ask("GET", f"deliveries?event={event}").url


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("faults", {"match": "x", "kind": "earthquake"}),
        ("faults", {"kind": "500"}),
        ("faults", {"match": "x", "kind": "500", "colour": "red"}),
        ("hooks", {"mode": "sometimes"}),
        ("advance", {"seconds": "soon"}),
        ("advance", [1]),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(ask, name, body):
    answer = ask("POST", name, body)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_clean_slate_keeps_what_it_is_told_to(ask, sandbox, client, path, receiver):
    endpoint = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    path.saved(path.customer().id, "4242424242424242")
    ask("POST", "advance", {"seconds": 10})
    sandbox.fault("x", "500")

    answer = ask("POST", "reset", {"keep": ["webhook_endpoint"]})

    assert answer.json()["offset"] == 0
    assert client.v1.customers.list().data == []
    assert client.v1.events.list().data == []
    assert [one.id for one in client.v1.webhook_endpoints.list().data] == [endpoint.id]
    assert sandbox.deliver()["delivered"] == 0
    assert ask("GET", "faults").json() == {"faults": []}
    sandbox.reset()
    assert client.v1.webhook_endpoints.list().data == []


def test_a_page_of_another_site_cannot_steer_the_sandbox(ask, sandbox):
    form = requests.post(f"{sandbox.url}/_sandbox/reset", data={"a": "b"}, timeout=10)
    script = ask("POST", "advance", {"seconds": 1}, **{"Sec-Fetch-Site": "cross-site"})
    renamed = ask("POST", "advance", {"seconds": 1}, Host="sandbox.example")

    assert (form.status_code, script.status_code, renamed.status_code) == (415, 403, 403)
    assert ask("GET", "clock").json()["offset"] == 0


def test_the_dashboard_tells_what_happened(ask, sandbox, client, path, receiver):
    client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    receiver.status = 500
    path.customer()
    sandbox.deliver()
    sandbox.fault("^POST /v1/x", "500")

    answer = requests.get(sandbox.url, timeout=10)

    assert answer.status_code == 200
    assert "customer.created" in answer.text
    assert "pending after 1 (500)" in answer.text
    assert "customer: 1" in answer.text
    assert "200 POST /v1/customers" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
