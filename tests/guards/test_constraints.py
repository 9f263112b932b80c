"""Every CHECK and every UNIQUE of our tables is broken once: the database itself refuses, whatever the program does."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import CheckConstraint, Connection, Engine, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import sessionmaker

from marketplace.core.db import Base, Database
from tests import rows
from tests.factories import Make
from tests.factories.everything import populate
from tests.fakes import FakeGateway

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def change(table: str, what: str, where: str = "true") -> str:
    """Change one row."""
    return f"UPDATE {table} SET {what} WHERE ctid = (SELECT ctid FROM {table} WHERE {where} LIMIT 1)"


def twice(table: str, *fresh: str, where: str = "true") -> str:
    """Write one row again; fresh: columns that are an id of their own each time."""
    new = ", ".join(f"'{column}', gen_random_uuid()" for column in fresh)
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(s) || jsonb_build_object({new}))).*"
        f" FROM {table} s WHERE {where} LIMIT 1"
    )


def named(key: str, *names: str) -> str:
    """Name territories, with one key for all; names: as SQL."""
    rows = (f"(gen_random_uuid(), {name}, '{key}', 'PNR', gen_random_uuid(), now())" for name in names)
    return f"INSERT INTO custom_territory (id, name, sort_key, note, created_by, created_at) VALUES {', '.join(rows)}"


def owed(cents: int, people: int) -> str:
    """Write down what a fund owes."""
    return f"INSERT INTO fund_match SELECT id, 0, 'Ville', {cents}, {people}, now() FROM campaign LIMIT 1"


LIVE = "state = 'live'"
UNDECIDED, GRANTED = "outcome IS NULL AND organisation_id IS NULL", "outcome = 'granted'"
ACCEPTED = "outcome = 'accepted'"
NEITHER = "(SELECT id FROM account WHERE id NOT IN (account_id, holder_id) LIMIT 1)"
WAITS = "outcome IS NULL"
ANSWERED = "answered_at IS NOT NULL"
CASES = {
    "ck_account_display_name_length": change("account", "display_name = ''"),
    "ck_account_email_length": change("account", "email = repeat('x', 255)"),
    "ck_account_locale_known": change("account", "locale = 'de'"),
    "uq_account_email_normalised": twice("account", "id"),
    "ck_account_session_expires_after_creation": change("account_session", "expires_at = created_at"),
    "ck_account_session_token_is_a_digest": change("account_session", "token_sha256 = 'short'"),
    "uq_account_session_token_sha256": twice("account_session", "id"),
    "ck_demo_clock_never_behind": "INSERT INTO demo_clock VALUES (1, -1)",
    "ck_demo_clock_single_row": "INSERT INTO demo_clock VALUES (2, 1)",
    "uq_payment_customer_provider_id": twice("payment_customer", "account_id"),
    "ck_stripe_event_outcome_when_applied": change("stripe_event", "applied_at = received_at"),
    "ck_stripe_event_test_mode_only": change("stripe_event", "livemode = true"),
    "ck_transfer_amount_positive": change("transfer", "amount_cents = 0"),
    "ck_transfer_currency": change("transfer", "currency = 'usd'"),
    "ck_transfer_kind": change("transfer", "kind = 'gift'", "kind = 'post'"),
    "ck_transfer_resolution_names_pending": change("transfer", "pending_id = id", "kind = 'pending'"),
    "ck_transfer_two_accounts": change("transfer", "debit_account = credit_account"),
    "uq_transfer_step": twice("transfer", "id", where="kind = 'transfer'"),
    "ck_settlement_job_kind": change("settlement_job", "kind = 'gift'"),
    "ck_settlement_job_state": change("settlement_job", "state = 'lost'", "state = 'done'"),
    "ck_settlement_job_ended": change("settlement_job", "ended_at = NULL", "state = 'done'"),
    "ck_settlement_job_positive": change("settlement_job", "number = 0"),
    "uq_settlement_job_campaign_id_pledge_id_kind_number": twice("settlement_job", "id", where="state = 'done'"),
    "uq_settlement_job_open": (
        "INSERT INTO settlement_job SELECT (jsonb_populate_record(NULL::settlement_job, to_jsonb(s) ||"
        ' \'{"id": "0190a0a0-0000-7000-8000-000000000009", "number": 9}\')).*'
        " FROM settlement_job s WHERE state = 'open' LIMIT 1"
    ),
    "ck_payment_recipient_status": change("payment_recipient", "status = 'lost'"),
    "ck_payment_recipient_test_mode_only": change("payment_recipient", "livemode = true"),
    "uq_payment_recipient_provider_id": twice("payment_recipient", "account_id"),
    "uq_transfer_campaign_id_pending_id": twice("transfer", "id", where="kind = 'post'"),
    "ck_project_legal_form": change("project", "legal_form = 'gang'"),
    "ck_project_sector": change("project", "sector = 'casino'"),
    **{
        f"ck_help_offer_{name}": change("help_offer", wrong)
        for name, wrong in {
            "need": "need = -1",
            "message": "message = 'oui'",
            "answer": "answer = repeat('x', 601)",
            "state": "state = 'lost', answer = '', answered_at = now(), answered_by = account_id",
            "answered_whole": "answer = 'Oui.'",
            "answered": "state = 'accepted'",
            "withdrawn": "state = 'withdrawn'",
        }.items()
    },
    "uq_help_offer_once": twice("help_offer", "id"),
    "ck_document_sha256": "INSERT INTO document VALUES ('x', 'x', now())",
    "ck_document_size": "INSERT INTO document VALUES (repeat('a', 64), '', now())",
    "ck_project_owner_role": change("project_owner", "role = 'boss'"),
    "ck_project_owner_joins_after_invitation": change("project_owner", "joined_at = invited_at - interval '1 s'"),
    "ck_project_owner_leaves_after_invitation": change("project_owner", "left_at = invited_at - interval '1 s'"),
    "uq_project_owner_once": twice("project_owner", "id"),
    "uq_project_owner_id_form_key": twice("project", "id"),
    "ck_residence_link_end_has_reason": change("residence_link", "ended_at = declared_at", "ended_at IS NULL"),
    "ck_residence_link_end_reason_known": change("residence_link", "end_reason = 'bored'", "ended_at IS NOT NULL"),
    "ck_residence_link_ends_after_declaration": change(
        "residence_link", "ended_at = declared_at - interval '1 s'", "ended_at IS NOT NULL"
    ),
    "ck_residence_link_expires_after_declaration": change("residence_link", "expires_at = declared_at"),
    "ck_residence_link_kind_known": change("residence_link", "kind = 'second home'"),
    "ck_residence_link_level_known": change("residence_link", "level = -1"),
    "ck_residence_link_not_by_oneself": change("residence_link", "verified_by = account_id"),
    "ck_residence_link_proven_when_high": change("residence_link", "level = 2", "verified_at IS NULL"),
    "ck_residence_link_revoked_is_worth_nothing": change("residence_link", "level = 1", "revoked_at IS NOT NULL"),
    "ck_residence_link_revoked_with_reason": change("residence_link", "revoke_reason = NULL", "revoked_at IS NOT NULL"),
    "ck_residence_link_seconded_by_another": change(
        "residence_link", "seconded_by = verified_by", "verified_by IS NOT NULL"
    ),
    "ck_residence_link_verified_with_known": change("residence_link", "verified_with = 'hearsay'"),
    **{
        f"ck_work_link_{name}": change("work_link", wrong)
        for name, wrong in {
            "end_has_reason": "ended_at = declared_at",
            "end_reason_known": "ended_at = declared_at, end_reason = 'bored'",
            "ends_after_declaration": "ended_at = declared_at - interval '1 s', end_reason = 'changed'",
            "expires_after_declaration": "expires_at = declared_at",
        }.items()
    },
    "uq_work_link_one": twice("work_link", "id"),
    "ck_residence_request_first_of_two": change("residence_request", "first_by = (SELECT id FROM account LIMIT 1)"),
    "ck_residence_request_pages_range": change("residence_request", "pages = 9"),
    "ck_residence_request_two_are_two": change(
        "residence_request", "by_two = true, first_by = decided_by", "decided_by IS NOT NULL"
    ),
    "ck_proof_page_number_range": change("proof_page", "number = 9"),
    "ck_signed_use_hashes_are_digests": change("signed_use", "code_hash = 'short'"),
    "ck_signed_use_postcode_length": change("signed_use", "postcode = '8600'"),
    "ck_residence_attempt_kind_known": change("residence_attempt", "kind = 'guess'"),
    "ck_residence_conflict_kind_known": change("residence_conflict", "kind = 'quarrel'"),
    "ck_residence_conflict_not_by_one_of_them": change(
        "residence_conflict", "outcome = 'both', decided_at = now(), decided_by = holder_id"
    ),
    "ck_residence_conflict_outcome_known": change(
        "residence_conflict", f"outcome = 'none', decided_at = now(), decided_by = {NEITHER}"
    ),
    "ck_residence_conflict_outcome_when_decided": change(
        "residence_conflict", f"decided_at = now(), decided_by = {NEITHER}"
    ),
    "ck_residence_conflict_somebody_decided": change("residence_conflict", "outcome = 'both', decided_at = now()"),
    "ck_residence_conflict_two_accounts": change("residence_conflict", "holder_id = account_id"),
    "uq_residence_conflict_one_pair": twice("residence_conflict", "id"),
    "ck_residence_letter_address_has_key": change("residence_letter", "wrapped_key = NULL", "posted_at IS NULL"),
    "ck_residence_letter_address_until_posted": change(
        "residence_letter", "address = NULL, wrapped_key = NULL", "posted_at IS NULL"
    ),
    "ck_residence_letter_code_is_a_digest": change("residence_letter", "code_hash = 'short'"),
    "ck_residence_letter_expires_when_posted": change("residence_letter", "expires_at = now()", "posted_at IS NULL"),
    "ck_residence_letter_outcome_known": change(
        "residence_letter", "outcome = 'lost', ended_at = now()", "posted_at IS NOT NULL"
    ),
    "ck_residence_letter_outcome_when_ended": change(
        "residence_letter", "outcome = 'expired'", "posted_at IS NOT NULL"
    ),
    "ck_residence_letter_printed_before_posted": change(
        "residence_letter", "code_hash = NULL", "posted_at IS NOT NULL"
    ),
    "ck_residence_letter_tries_range": change("residence_letter", "tries = 6"),
    "uq_residence_letter_one_open": twice("residence_letter", "id"),
    "uq_residence_link_one_home": twice("residence_link", "id", where="ended_at IS NULL"),
    "ck_residence_request_decided_after_asked": change(
        "residence_request", "decided_at = asked_at - interval '1 s'", "decided_at IS NOT NULL"
    ),
    "ck_residence_request_outcome_known": change("residence_request", "outcome = 'maybe'", "outcome = 'granted'"),
    "ck_residence_request_outcome_when_decided": change(
        "residence_request", "decided_at = asked_at", "outcome IS NULL"
    ),
    "ck_residence_request_refusal_has_reason": change("residence_request", "reason = NULL", "outcome = 'refused'"),
    "ck_residence_request_somebody_decided": change("residence_request", "decided_by = NULL", "outcome = 'granted'"),
    "uq_residence_request_one_pending": twice("residence_request", "id", where="outcome IS NULL"),
    "ck_organisation_has_a_number": change("organisation", "siren = NULL", "rna IS NULL"),
    "ck_organisation_kind_known": change("organisation", "kind = 'guild'"),
    "ck_organisation_legal_form_known": change("organisation", "legal_form = 'guild'"),
    "ck_organisation_name_length": change("organisation", "name = ''"),
    "ck_organisation_rna_shape": change("organisation", "rna = 'W12'", "kind = 'association'"),
    "ck_organisation_siren_shape": change("organisation", "siren = '12'"),
    "ck_organisation_somebody_verified": change("organisation", "verified_by = NULL", "verified_at IS NOT NULL"),
    "uq_organisation_siren": twice("organisation", "id", where="verified_at IS NOT NULL AND siren IS NOT NULL"),
    "uq_organisation_rna": twice("organisation", "id", where="verified_at IS NOT NULL AND siren IS NULL"),
    "ck_organisation_member_joins_after_invitation": change(
        "organisation_member", "joined_at = invited_at - interval '1 s'"
    ),
    "ck_organisation_member_leaves_after_invitation": change(
        "organisation_member", "left_at = invited_at - interval '1 s'"
    ),
    "ck_organisation_member_role_known": change("organisation_member", "role = 'king'"),
    "uq_organisation_member_once": twice("organisation_member", "id"),
    "ck_organisation_mandate_accepted_ends": change("organisation_mandate", "expires_at = NULL", ACCEPTED),
    "ck_organisation_mandate_capacity_known": change("organisation_mandate", "capacity = 'friend'"),
    "ck_organisation_mandate_end_has_reason": change("organisation_mandate", "ended_at = now()", ACCEPTED),
    "ck_organisation_mandate_end_reason_known": change(
        "organisation_mandate", "ended_at = now(), end_reason = 'bored'", ACCEPTED
    ),
    "ck_organisation_mandate_function_length": change("organisation_mandate", "function = ''"),
    "ck_organisation_mandate_not_by_oneself": change("organisation_mandate", "decided_by = account_id", ACCEPTED),
    "ck_organisation_mandate_outcome_known": change(
        "organisation_mandate", "outcome = 'maybe', expires_at = NULL", ACCEPTED
    ),
    "ck_organisation_mandate_outcome_when_decided": change(
        "organisation_mandate", "decided_at = now(), decided_by = (SELECT id FROM account LIMIT 1)", "outcome IS NULL"
    ),
    "ck_organisation_mandate_refusal_has_reason": change("organisation_mandate", "reason = 'x'", ACCEPTED),
    "ck_organisation_mandate_somebody_decided": change("organisation_mandate", "decided_by = NULL", ACCEPTED),
    "uq_organisation_mandate_one_accepted": twice("organisation_mandate", "id", where=ACCEPTED),
    "uq_organisation_mandate_one_pending": twice("organisation_mandate", "id", where="outcome IS NULL"),
    "ck_organisation_link_branch_has_siret": change("organisation_link", "siret = NULL", "kind = 'branch'"),
    "ck_organisation_link_end_has_reason": change("organisation_link", "ended_at = declared_at"),
    "ck_organisation_link_end_reason_known": change(
        "organisation_link", "ended_at = declared_at, end_reason = 'bored'"
    ),
    "ck_organisation_link_ends_after_declaration": change(
        "organisation_link", "ended_at = declared_at - interval '1 s', end_reason = 'closed'"
    ),
    "ck_organisation_link_expires_after_declaration": change("organisation_link", "expires_at = declared_at"),
    "ck_organisation_link_kind_known": change("organisation_link", "kind = 'shop'", "kind = 'area'"),
    "ck_organisation_link_level_known": change("organisation_link", "level = 2", "outcome IS NULL"),
    "ck_organisation_link_members_counted": change("organisation_link", "members = 2", "kind = 'seat'"),
    "ck_organisation_link_members_range": change("organisation_link", "members = 0", "kind = 'members'"),
    "ck_organisation_link_not_by_oneself": change("organisation_link", "decided_by = declared_by", ACCEPTED),
    "ck_organisation_link_outcome_known": change("organisation_link", "outcome = 'maybe', level = 1", ACCEPTED),
    "ck_organisation_link_outcome_when_decided": change(
        "organisation_link",
        "decided_at = now(), decided_by = (SELECT id FROM account WHERE id <> declared_by LIMIT 1)",
        "outcome IS NULL",
    ),
    "ck_organisation_link_proven_when_accepted": change("organisation_link", "level = 1", ACCEPTED),
    "ck_organisation_link_refusal_has_reason": change("organisation_link", "reason = 'x'", ACCEPTED),
    "ck_organisation_link_siret_shape": change("organisation_link", "siret = '12'", "kind = 'branch'"),
    "ck_organisation_link_somebody_decided": change("organisation_link", "decided_by = NULL", ACCEPTED),
    "uq_organisation_link_members_once": twice("organisation_link", "id", where="kind = 'members'"),
    "uq_organisation_link_one_branch": twice("organisation_link", "id", where="kind = 'branch'"),
    "uq_organisation_link_one_seat": twice("organisation_link", "id", where="kind = 'seat'"),
    "ck_moderation_first_voice_act": change("moderation_first_voice", "act = 'sing'"),
    "ck_moderation_link_two_people": change("moderation_link", "account_id = administrator_id"),
    "ck_reexamination_decided_whole": change("reexamination", "answer = 'x'", WAITS),
    "ck_reexamination_due_later": change("reexamination", "due_at = asked_at"),
    "ck_reexamination_outcome": change("reexamination", "outcome = 'maybe'", "outcome = 'upheld'"),
    "ck_campaign_report_handled_whole": change("campaign_report", "answer = 'x'", WAITS),
    "ck_campaign_report_not_by_oneself": change("campaign_report", "handled_by = reporter_id", "outcome = 'founded'"),
    "ck_campaign_report_outcome": change("campaign_report", "outcome = 'maybe'", "outcome = 'founded'"),
    "ck_campaign_report_reason": change("campaign_report", "reason = 'ugly'"),
    "ck_complaint_acknowledged_whole": change("complaint", "acknowledged_by = NULL", ANSWERED),
    "ck_complaint_announced_when_admissible": change("complaint", "answer_by = NULL", ANSWERED),
    "ck_complaint_answered_when_admissible": change(
        "complaint", "admissible = false, answer_by = NULL, inadmissible_because = 'x'", ANSWERED
    ),
    "ck_complaint_answered_whole": change("complaint", "answer = NULL", ANSWERED),
    "ck_complaint_damage_not_negative": change("complaint", "damage_cents = -1"),
    "ck_complaint_due_later": change("complaint", "acknowledge_by = filed_at"),
    "ck_complaint_inadmissible_has_reason": change("complaint", "inadmissible_because = 'x'", ANSWERED),
    "ck_complaint_not_by_oneself": change("complaint", "answered_by = account_id", ANSWERED),
    "ck_complaint_outcome": change("complaint", "outcome = 'maybe'", ANSWERED),
    "uq_complaint_number": twice("complaint", "id"),
    "ck_campaign_correction_applied_makes_a_version": change(
        "campaign_correction", "new_version = NULL", "outcome = 'minor'"
    ),
    "ck_campaign_correction_decided_whole": change("campaign_correction", "decided_at = now()", WAITS),
    "ck_campaign_correction_new_version": change("campaign_correction", "new_version = 1", "outcome = 'minor'"),
    "ck_campaign_correction_outcome": change(
        "campaign_correction", "outcome = 'maybe', new_version = NULL", "outcome = 'minor'"
    ),
    "uq_campaign_correction_one_waiting": twice("campaign_correction", "id", where=WAITS),
    "ck_campaign_amounts_in_order": change("campaign", "threshold_cents = goal_cents + 1", LIVE),
    "ck_campaign_closed_at": change("campaign", "closed_at = now()", LIVE),
    "ck_campaign_complete": change("campaign", "title = ''", LIVE),
    "ck_campaign_frozen_when_published": change("campaign", "version = 0", LIVE),
    "ck_campaign_instrument": change("campaign", "instrument = 'lottery'", "state = 'draft'"),
    "ck_campaign_loan_months": change("campaign", "loan_months = 12", LIVE),
    "ck_pledge_reward": change("pledge", "reward = -1"),
    "ck_campaign_terms": change("campaign", "terms = '[]'"),
    "ck_campaign_raised_not_negative": change("campaign", "raised_cents = -1"),
    "ck_campaign_offer_number": change("campaign", "offer_number = 0"),
    "uq_campaign_offer_number": "UPDATE campaign SET offer_number = 7",
    "ck_campaign_minimum": change("campaign", "minimum_cents = 999", LIVE),
    "ck_campaign_opens_before_it_closes": change("campaign", "opens_at = closes_at", LIVE),
    "ck_campaign_row_version": change("campaign", "row_version = 0"),
    "ck_campaign_rule_preset": change("campaign", "rule_preset = 'france'", LIVE),
    "ck_campaign_state": change("campaign", "state = 'nowhere', closed_at = now()", LIVE),
    "ck_campaign_unit": change("campaign", "unit_cents = minimum_cents + 1", LIVE),
    "ck_campaign_details": change("campaign", "details = '[]'"),
    "ck_intention_amount_positive": change("intention", "amount_cents = 0"),
    "ck_intention_in_order": change("intention", "expires_at = opens_at"),
    "ck_admission_call_due_later": change("admission_call", "due_at = made_at"),
    "ck_admission_outcome": change("admission", "outcome = 'maybe', college = NULL, reason = NULL"),
    "ck_admission_college_when_admitted": change("admission", "college = NULL"),
    "ck_admission_reason_when_refused": change("admission", "reason = 'Non.'"),
    "ck_campaign_question_length": (
        "INSERT INTO campaign_question SELECT c.id, gen_random_uuid(), a.id, '86194', now(), 'Quoi ?'"
        " FROM campaign c, account a LIMIT 1"
    ),
    "ck_campaign_question_answer_length": change(
        "campaign_question", "answer = '!', answered_at = now(), answered_by = asker_id", "answer IS NULL"
    ),
    "ck_campaign_question_answered_whole": change("campaign_question", "answer = 'Oui.'", "answer IS NULL"),
    "ck_campaign_question_hidden_whole": change("campaign_question", "hidden_at = now()"),
    "ck_campaign_news_length": "INSERT INTO campaign_news SELECT gen_random_uuid(), c.id, a.id, now(), 'x'"
    " FROM campaign c, account a LIMIT 1",
    "ck_campaign_revision_number": change("campaign_revision", "number = 0"),
    "ck_picture_sha256": "INSERT INTO picture VALUES ('name', 'x', now())",
    "ck_picture_size": "INSERT INTO picture VALUES (repeat('a', 64), '', now())",
    "ck_campaign_uses": change("campaign", "uses = '{}'"),
    "ck_campaign_version_number": change("campaign_version", "number = 0"),
    "ck_campaign_version_terms_sha256": change("campaign_version", "terms_sha256 = 'x'"),
    "ck_campaign_ring_minimum_level": change("campaign_ring", "minimum_level = 4"),
    "ck_campaign_ring_ordinal": change("campaign_ring", "ordinal = -1"),
    "ck_campaign_ring_zone_size": change("campaign_ring", "zone_size = zone_size + 1"),
    "ck_campaign_event_content_when_submitted": change("campaign_event", "content = '{}'", "new_state = 'live'"),
    "ck_campaign_event_first_has_no_old_state": change("campaign_event", "old_state = 'draft'", "seq = 1"),
    "ck_campaign_event_new_state": change("campaign_event", "new_state = 'nowhere'", "new_state = 'live'"),
    "ck_campaign_event_reasons_given": change("campaign_event", "note = ''", "new_state = 'refused'"),
    "ck_campaign_event_seq": change("campaign_event", "seq = 0", "seq = 2"),
    "ck_campaign_tally_confirmed_is_live": change("campaign_tally", "confirmed_cents = live_cents + 1"),
    "ck_campaign_tally_fee": change("campaign_tally", "fee_basis_points = 1001"),
    "ck_campaign_tally_never_over_cap": change("campaign_tally", "reserved_cents = hard_cap_cents - live_cents + 1"),
    "ck_campaign_tally_not_negative": change("campaign_tally", "reserved_cents = -1"),
    "ck_campaign_ring_tally_in_order": change("campaign_ring_tally", "confirmed_cents = taken_cents + 1"),
    "ck_campaign_ring_tally_ring": change("campaign_ring_tally", "ring = -3"),
    "ck_listing_territory": change("listing", "territory = 'X86'"),
    "ck_fund_match_not_negative": owed(-1, 1),
    "ck_fund_match_people_and_money": owed(1, 0),
    "ck_pledge_investor_kind": change("pledge", "investor_kind = 'robot'"),
    "ck_listed_progress": change("listed", "progress = 5"),
    "ck_listing_link_mask": change("listing", "link_mask = 0"),
    "ck_listing_total_campaigns": change("listing_total", "campaigns = -1"),
    "ck_listing_count_campaigns": change("listing_count", "campaigns = -1"),
    "ck_follow_count_people": "INSERT INTO follow_count VALUES ('86194', '86041', 0)",
    "uq_listing_kind_sector_instrument_legal_form": (
        "INSERT INTO listing_kind (sector, instrument, legal_form)"
        " SELECT sector, instrument, legal_form FROM listing_kind LIMIT 1"
    ),
    "ck_pledge_amount_positive": change("pledge", "amount_cents = 0"),
    "ck_pledge_card_before_reflection": change("pledge", "revocable_until = NULL", "state = 'reflecting'"),
    "ck_pledge_paid_has_charge": change("pledge", "charge_id = NULL", "state = 'paid'"),
    "ck_pledge_transferred_has_transfer": change("pledge", "transfer_id = NULL", "state = 'transferred'"),
    "ck_pledge_state": change("pledge", "state = 'lost'", "state = 'reflecting'"),
    "ck_pledge_test_mode_only": change("pledge", "livemode = true"),
    "uq_pledge_campaign_id_form_key": twice("pledge", "id", where="state = 'reflecting'"),
    "uq_pledge_campaign_id_payment_intent_id": twice("pledge", "id", "form_key", where="state = 'paid'"),
    "ck_pledge_event_seq_positive": change("pledge_event", "seq = 0"),
    "ck_pledge_event_amount_positive": change("pledge_event", "amount_cents = 0"),
    "ck_pledge_shown_as": change("pledge", "shown_as = 'photo'"),
    "ck_pledge_reconfirmed_in_reflection": change("pledge", "reconfirm_until = now()", "state = 'confirmed'"),
    "ck_pledge_consent_amount_positive": change("pledge_consent", "amount_cents = 0"),
    "ck_pledge_consent_text_sha256": change("pledge_consent", "text_sha256 = 'x'"),
    "ck_pledge_consent_threshold_when_over": change("pledge_consent", "threshold_cents = 1", "kind = 'gift_risk'"),
    "ck_knowledge_attempt_acknowledged_words": change("knowledge_attempt", "acknowledged_at = now()"),
    "ck_knowledge_attempt_right_answers": change("knowledge_attempt", "right_answers = 9"),
    "ck_loss_simulation_result_not_negative": change("loss_simulation", "result_cents = -1"),
    "ck_sophisticated_request_decided_whole": change("sophisticated_request", "decided_at = now()", UNDECIDED),
    "ck_sophisticated_request_grant_expires": change("sophisticated_request", "expires_at = NULL", GRANTED),
    "ck_sophisticated_request_not_by_oneself": change("sophisticated_request", "decided_by = account_id", GRANTED),
    "ck_sophisticated_request_only_grants_end": change("sophisticated_request", "ended_at = now()", UNDECIDED),
    "ck_sophisticated_request_outcome_known": change(
        "sophisticated_request", "outcome = 'maybe', expires_at = NULL", GRANTED
    ),
    "ck_sophisticated_request_refusal_has_reason": change("sophisticated_request", "reason = 'x'", GRANTED),
    "uq_sophisticated_request_one_pending": twice("sophisticated_request", "id", where=UNDECIDED),
    "uq_sophisticated_request_one_pending_of_organisation": twice(
        "sophisticated_request", "id", where="organisation_id IS NOT NULL"
    ),
    "ck_custom_territory_name_length": named("", "''"),
    "ck_custom_territory_member_kind_known": (
        "INSERT INTO custom_territory_member VALUES (gen_random_uuid(), 'canton', '86')"
    ),
    "uq_custom_territory_name": named("twice", "'Le Perche'", "'Le Perche'"),
    "ck_territory_adjacency_via_fits_border": change("territory_adjacency", "border_m = 0", "via = 'terre'"),
    "uq_territory_release_country_name": (
        "INSERT INTO territory_release SELECT (jsonb_populate_record(NULL::territory_release,"
        " to_jsonb(s) || '{\"id\": 999}')).* FROM territory_release s"
    ),
    "ck_territory_search_weight_known": change("territory_search", "w = 2"),
    "ck_territory_kind_known": change("territory", "kind = 'canton'"),
    "ck_territory_point_whole": change("territory", "lat = NULL", "lat IS NOT NULL"),
    "ck_territory_population_positive": change("territory", "population = -1"),
    "uq_territory_country_kind_code": (
        "INSERT INTO territory SELECT (jsonb_populate_record(NULL::territory,"
        " to_jsonb(s) || '{\"id\": 9999999}')).* FROM territory s WHERE code = '86194'"
    ),
}
APPEND_ONLY = ("transfer", "campaign_version", "campaign_ring", "campaign_event", "pledge_event", "admission")


@pytest.fixture(scope="module")
def populated(engine: Engine) -> Iterator[Connection]:
    """One connection that sees at least one row of every kind; everything is rolled back at the end."""
    with engine.connect() as connection:
        outer = connection.begin()
        sessions = sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        populate(Make(Database(engine, sessions), FakeGateway(), NOW))
        for table in APPEND_ONLY:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield connection
        outer.rollback()


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses(name, populated):
    savepoint = populated.begin_nested()
    try:
        with pytest.raises(IntegrityError) as refused:
            populated.execute(text(CASES[name]))
    finally:
        savepoint.rollback()

    assert refused.value.orig.diag.constraint_name == name


def test_every_constraint_has_its_case_and_no_case_is_left_over():
    rows.import_every_model()
    named = {
        str(constraint.name)
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }
    indexes = {str(index.name) for table in Base.metadata.sorted_tables for index in table.indexes if index.unique}

    assert set(CASES) == named | indexes
