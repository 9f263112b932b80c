"""The walk: every route × method × person, against the reviewed table; and planted faults that it must find."""

from uuid import uuid4

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.pledges import queries
from marketplace.web import access
from marketplace.web.access import administrator, public, signed_in
from marketplace.web.context import in_transaction, reading
from tests.guards.conftest import TABLE
from tests.guards.walk import SAFE, SUBJECTS, Walk
from tests.guards.world import World


def test_the_table_and_the_application_name_the_same_endpoints(walk):
    assert walk.undeclared() == []
    assert walk.left_over() == []


@pytest.mark.parametrize("endpoint", TABLE)
def test_every_method_as_everybody(endpoint, walk):
    assert list(walk.faults(endpoint)) == []


def test_looking_and_doing_never_share_a_view(walk):
    shared = [
        rule.endpoint
        for rule in walk.app.url_map.iter_rules()
        if rule.methods & set(SAFE) and rule.methods - {*SAFE, "OPTIONS"}
    ]

    assert shared == []


def test_every_view_carries_exactly_one_mark(walk):
    marks = {endpoint: getattr(view, access.MARK, None) for endpoint, view in walk.app.view_functions.items()}

    assert [endpoint for endpoint, mark in marks.items() if mark is None and endpoint != "static"] == []
    with pytest.raises(TypeError, match="two access marks"):
        public(signed_in(lambda: ""))


# Pages that everybody may look at say nothing about a campaign that is not published, not even to its owner.
ALSO = {"pledge_id", "question_id"}
HIDDEN = [name for name, line in TABLE.items() if line.get("campaign_id") == "live" and not ALSO & line.keys()]


@pytest.mark.parametrize("endpoint", HIDDEN)
@pytest.mark.parametrize("which", ["draft", "submitted", "nothing"])
def test_what_is_not_published_is_not_there(endpoint, which, walk, world):
    rule = next(walk.app.url_map.iter_rules(endpoint))
    method = "GET" if "GET" in rule.methods else "POST"
    campaign_id = world.objects.get(which, uuid4())
    path = walk.app.url_map.bind("localhost").build(endpoint, {"campaign_id": str(campaign_id)})

    for subject in SUBJECTS:
        if TABLE[endpoint]["mark"] == "signed_in" and subject not in world.tokens:
            continue  # they are asked to sign in, whatever the campaign
        probe, changed, location = walk.send(endpoint, path, method, subject, token=True)
        while probe.status == 303 and str(campaign_id) in location:
            probe, changed, location = walk.send(endpoint, location, "GET", subject, token=True)

        # Led to one's own account, perhaps, but never to anything about the campaign.
        assert probe.status in {303, 404}, probe
        assert changed == set()


# --- planted faults: the same code must find each of them ---


def faults_of(app: Flask, world: World, endpoint: str) -> list[str]:
    return list(Walk(app, world, TABLE).faults(endpoint))


def test_a_view_without_a_mark_is_found_and_answers_nobody(plant, world):
    plant.add_url_rule("/oubliee", "forgotten", lambda: "secret")
    walk = Walk(plant, world, {**TABLE, "forgotten": {"mark": None, "all": 403}})

    assert Walk(plant, world, TABLE).undeclared() == ["forgotten is not in the table"]
    assert list(walk.faults("forgotten")) == []


def test_a_public_page_for_staff_is_found(plant, world, monkeypatch):
    monkeypatch.setitem(plant.view_functions, "moderation.waiting", public(lambda: "<p>secret</p>" * 0))

    assert Walk(plant, world, TABLE).undeclared() == [
        "moderation.waiting is marked public, the table says administrator"
    ]
    assert any("GET as anonymous → 200" in fault for fault in faults_of(plant, world, "moderation.waiting"))


def test_a_page_for_staff_weakened_to_anybody_signed_in_is_found(plant, world, monkeypatch):
    monkeypatch.setitem(plant.view_functions, "residency.requests", signed_in(lambda: ""))

    assert any("GET as resident → 200" in fault for fault in faults_of(plant, world, "residency.requests"))


def test_the_pledge_of_somebody_else_is_found(plant, world, monkeypatch):
    @signed_in
    def show(campaign_id, pledge_id):
        with reading() as session:
            return str(len(queries.history(session, campaign_id=campaign_id, pledge_id=pledge_id)) * 0)[1:]

    monkeypatch.setitem(plant.view_functions, "pledges.show", show)
    found = faults_of(plant, world, "pledges.show")

    assert any("GET as other_resident → 200" in fault for fault in found)
    assert not any("GET as resident " in fault for fault in found)


def test_a_look_that_changes_a_row_is_found(plant, world, monkeypatch):
    @public
    def feed():
        in_transaction(lambda session: session.add(clock.DemoClock(id=1, offset_seconds=1)))
        return ""

    monkeypatch.setitem(plant.view_functions, "home.feed", feed)

    assert any("a look changed demo_clock" in fault for fault in faults_of(plant, world, "home.feed"))


def test_a_form_that_needs_no_token_is_found(plant, world):
    plant.extensions["csrf"].exempt(plant.view_functions["owner.submit"])

    assert any("POST as owner → 303, not 400" in fault for fault in faults_of(plant, world, "owner.submit"))


def test_a_refusal_that_writes_is_found(plant, world, monkeypatch):
    @administrator
    def approve(campaign_id):
        in_transaction(lambda session: session.add(clock.DemoClock(id=1, offset_seconds=1)))
        return "", 422

    monkeypatch.setitem(plant.view_functions, "moderation.approve", approve)

    assert any("refused, and demo_clock changed" in fault for fault in faults_of(plant, world, "moderation.approve"))
