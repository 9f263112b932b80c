"""What the database itself refuses, and that the models and the migration say the same."""

import json
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from marketplace.core.errors import Refused
from marketplace.projects import invariants, rules, services
from marketplace.projects.models import Campaign, CampaignEvent, CampaignRing, CampaignVersion, Project

RULE = {"format": 1, "preset": "epci", "rings": [{"zone": {}, "minimum_level": 1}]}
TABLES = (Project, Campaign, CampaignVersion, CampaignRing, CampaignEvent)
# These write behind the services' backs, or publish without counting and listing.
pytestmark = pytest.mark.unlawful


@pytest.fixture
def live(session, submitted, person, now):
    owner_id, campaign_id = submitted()
    services.publish(
        session,
        campaign_id=campaign_id,
        rule=RULE,
        rings=(frozenset({"86133"}),),
        cog_release="test",
        now=now,
        actor_id=person(),
    )
    return owner_id, campaign_id


SUBMITTED = {
    "state = 'live'": "frozen_when_published",
    "instrument = 'lottery'": "instrument",
    "rule_preset = 'france'": "rule_preset",
    "title = ''": "complete",
    "summary = ''": "complete",
    "story_markdown = ''": "complete",
    "ends_on = NULL": "complete",
    "goal_cents = NULL": "complete",
    "submitted_at = NULL": "complete",
    "threshold_cents = 0": "amounts_in_order",
    "threshold_cents = goal_cents + 1": "amounts_in_order",
    "goal_cents = hard_cap_cents + 1": "amounts_in_order",
    "hard_cap_cents = 500000001": "amounts_in_order",
    "minimum_cents = 999": "minimum",
    "minimum_cents = hard_cap_cents + 1": "minimum",
    "loan_months = NULL": "loan_months",
    "loan_months = 85": "loan_months",
    "instrument = 'gift'": "loan_months",
    "row_version = 0": "row_version",
    "rule = '{}'": "frozen_when_published",
    "version = 1": "frozen_when_published",
    "closed_at = now()": "closed_at",
}
LIVE = {
    "state = 'nowhere', closed_at = now()": "state",
    "rule = NULL": "frozen_when_published",
    "closes_at = NULL": "frozen_when_published",
    "version = 0": "frozen_when_published",
    "state = 'draft'": "frozen_when_published",
    "state = 'closing'": "closed_at",
    "closes_at = opens_at": "opens_before_it_closes",
}


def refuse(session, statement, constraint, **values):
    with pytest.raises(IntegrityError, match=f'"{constraint}"'), session.begin_nested():
        session.execute(text(statement), values)


@pytest.mark.parametrize(("change", "check"), SUBMITTED.items())
def test_a_submitted_campaign_is_whole(session, submitted, change, check):
    _owner, campaign_id = submitted()

    refuse(session, f"UPDATE campaign SET {change} WHERE id = :id", f"ck_campaign_{check}", id=campaign_id)


@pytest.mark.parametrize(("change", "check"), LIVE.items())
def test_a_live_campaign_is_frozen_whole(session, live, change, check):
    refuse(session, f"UPDATE campaign SET {change} WHERE id = :id", f"ck_campaign_{check}", id=live[1])


@pytest.mark.parametrize("change", [c for c, name in SUBMITTED.items() if name in {"complete", "amounts_in_order"}])
def test_a_draft_may_be_anything(session, draft, change):
    _owner, campaign_id = draft()

    assert session.execute(text(f"UPDATE campaign SET {change} WHERE id = :id"), {"id": campaign_id}).rowcount == 1


@pytest.mark.parametrize(("change", "check"), [("sector = 'x'", "sector"), ("legal_form = 'sci'", "legal_form")])
def test_a_project_keeps_to_the_lists(session, draft, change, check):
    draft()

    refuse(session, f"UPDATE project SET {change}", f"ck_project_{check}")


def test_a_form_makes_one_project(session, draft):
    draft()

    refuse(
        session,
        "INSERT INTO project SELECT :id, owner_id, form_key, name, commune_code, sector, legal_form, created_at"
        " FROM project",
        "uq_project_owner_id_form_key",
        id=uuid4(),
    )


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ("number + 1, terms, 'x', rule", "ck_campaign_version_terms_sha256"),
        ("0, terms, terms_sha256, rule", "ck_campaign_version_number"),
        ("number, terms, terms_sha256, rule", "pk_campaign_version"),
    ],
)
def test_a_version_is_numbered_and_hashed(session, live, values, constraint):
    refuse(
        session,
        f"INSERT INTO campaign_version SELECT campaign_id, {values}, cog_release, frozen_at FROM campaign_version",
        constraint,
    )


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ("-1, name, zone, zone_size, minimum_level", "ck_campaign_ring_ordinal"),
        ("1, name, zone, 2, minimum_level", "ck_campaign_ring_zone_size"),
        ("1, name, ARRAY[]::text[], 0, minimum_level", "ck_campaign_ring_zone_size"),
        ("1, name, zone, zone_size, 4", "ck_campaign_ring_minimum_level"),
        ("0, name, zone, zone_size, minimum_level", "pk_campaign_ring"),
    ],
)
def test_a_ring_counts_its_communes(session, live, values, constraint):
    refuse(session, f"INSERT INTO campaign_ring SELECT campaign_id, version, {values} FROM campaign_ring", constraint)


@pytest.mark.parametrize(
    ("seq", "old", "new", "note", "reasons", "content", "check"),
    [
        (0, "draft", "submitted", None, [], "{}", "ck_campaign_event_seq"),
        (9, None, "draft", None, [], None, "ck_campaign_event_first_has_no_old_state"),
        (9, "live", "nowhere", None, [], None, "ck_campaign_event_new_state"),
        (9, "draft", "submitted", None, [], None, "ck_campaign_event_content_when_submitted"),
        (9, "submitted", "draft", None, [], "{}", "ck_campaign_event_content_when_submitted"),
        (9, "submitted", "refused", None, ["R01"], None, "ck_campaign_event_reasons_given"),
        (9, "submitted", "refused", "", ["R01"], None, "ck_campaign_event_reasons_given"),
        (9, "submitted", "changes_requested", "x", [], None, "ck_campaign_event_reasons_given"),
        (2, "live", "closing", None, [], None, "pk_campaign_event"),
    ],
)
def test_a_history_says_why(session, live, now, seq, old, new, note, reasons, content, check):  # noqa: PLR0917
    refuse(
        session,
        "INSERT INTO campaign_event (campaign_id, seq, at, old_state, new_state, cause, note, reasons, content)"
        " VALUES (:id, :seq, :at, :old, :new, 'test', :note, :reasons, CAST(:content AS jsonb))",
        check,
        id=live[1],
        seq=seq,
        at=now,
        old=old,
        new=new,
        note=note,
        reasons=reasons,
        content=content,
    )


def test_the_migration_makes_the_checks_of_the_models(session):
    connection = session.connection().execution_options(schema_translate_map={None: "scratch"})
    connection.exec_driver_sql("CREATE SCHEMA scratch")
    for model in TABLES:
        connection.execute(CreateTable(model.__table__, include_foreign_key_constraints=[]))

    def checks(schema):
        return set(
            session.execute(
                text(
                    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
                    " WHERE contype IN ('c', 'u', 'p') AND connamespace = CAST(:schema AS regnamespace)"
                    " AND (conrelid::regclass::text = ANY(:tables))"
                ),
                {
                    "schema": schema,
                    "tables": [f"{prefix}{m.__tablename__}" for m in TABLES for prefix in ("", "scratch.")],
                },
            ).all()
        )

    made = {(table.removeprefix("scratch."), name, sql) for table, name, sql in checks("scratch")}

    assert made == {tuple(row) for row in checks("public")}
    assert len(made) > 20


ACTIONS = ("submit", "withdraw", "send_back", "refuse", "publish", *sorted(rules.PUBLIC - {"live"}))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ACTIONS), max_size=8))
def test_no_sequence_of_actions_leaves_the_table(session, draft, person, now, wishes):
    with session.begin_nested() as attempt:
        owner_id, campaign_id = draft()
        moderator = person()
        who = {"campaign_id": campaign_id, "owner_id": owner_id, "now": now}
        act = {"campaign_id": campaign_id, "actor_id": moderator, "now": now}
        answer = {**act, "reasons": ["R05"], "note": "À préciser."}
        done = {
            "submit": lambda: services.submit(session, **who),
            "withdraw": lambda: services.withdraw_submission(session, **who),
            "send_back": lambda: services.request_changes(session, **answer),
            "refuse": lambda: services.refuse(session, **answer),
            "publish": lambda: services.publish(
                session, **act, rule=RULE, rings=(frozenset({"86133"}),), cog_release="test"
            ),
        }
        state, codes = "draft", set()
        for wish in wishes:
            run = done.get(wish, lambda to=wish: services.move(session, **act, to=to, cause="test"))
            try:
                run()
            except Refused as refusal:
                codes.add(refusal.code)
                continue
            new = session.scalars(select(Campaign.state).where(Campaign.id == campaign_id)).one()
            assert rules.may_move(state, new)
            state = new

        assert codes <= {"illegal_move"}
        assert all(not check(session) for check in invariants.CHECKS.values())
        attempt.rollback()


def test_an_invariant_sees_a_state_that_no_event_explains(session, submitted):
    _owner, campaign_id = submitted()
    session.execute(text("UPDATE campaign SET state = 'draft'"))

    assert invariants.state_is_the_fold_of_its_history(session) == [campaign_id]


def test_an_invariant_sees_terms_that_moved_away_from_their_version(session, live):
    session.execute(text("UPDATE campaign SET goal_cents = goal_cents + 1, closes_at = closes_at + interval '1 hour'"))

    assert invariants.campaign_is_as_its_version(session) == [live[1]]
    assert invariants.opens_and_closes_at_midnight(session) == [live[1]]


def test_an_invariant_sees_a_campaign_that_opens_at_another_moment_than_it_says(session, live):
    session.execute(text("UPDATE campaign SET opens_on = (published_at + interval '4 days')::date"))

    assert invariants.opens_and_closes_at_midnight(session) == [live[1]]


def test_a_version_frozen_before_its_program_knew_a_field_holds(session, live):
    _owner, campaign_id = live
    version = session.get_one(CampaignVersion, (campaign_id, 1))
    older = {name: value for name, value in version.terms.items() if name not in {"uses", "rule_options"}}
    session.execute(text("ALTER TABLE campaign_version DISABLE TRIGGER append_only"))
    session.execute(
        text("UPDATE campaign_version SET terms = :terms, terms_sha256 = :digest"),
        {"terms": json.dumps(older), "digest": rules.terms_digest(older)},
    )

    assert invariants.campaign_is_as_its_version(session) == []
    assert invariants.terms_are_as_frozen(session) == []


@pytest.mark.parametrize("change", ["terms = terms || '{\"goal_cents\": 1}'", "rule = '{}'"])
def test_an_invariant_sees_tampered_terms(session, live, change):
    session.execute(text("ALTER TABLE campaign_version DISABLE TRIGGER append_only"))
    session.execute(text(f"UPDATE campaign_version SET {change}"))

    assert invariants.terms_are_as_frozen(session) == [live[1]]


def test_an_invariant_sees_a_tampered_zone(session, live):
    session.execute(text("ALTER TABLE campaign_ring DISABLE TRIGGER append_only"))
    session.execute(text("UPDATE campaign_ring SET zone = ARRAY['33063'], zone_size = 1"))

    assert invariants.terms_are_as_frozen(session) == [live[1]]


def test_an_invariant_sees_an_owner_who_approved_themselves(session, submitted, now):
    owner_id, campaign_id = submitted()
    services.refuse(session, campaign_id=campaign_id, actor_id=owner_id, reasons=["R10"], note="Moi-même.", now=now)

    assert invariants.nobody_approved_their_own(session) == [campaign_id]
