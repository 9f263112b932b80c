"""What breaks each constraint on campaigns and money: projects, their review, listings, pledges, payments."""

from tests.guards.violations import change, twice


def owed(cents: int, people: int) -> str:
    """Write down what a fund owes."""
    return f"INSERT INTO fund_match SELECT id, 0, 'Ville', {cents}, {people}, now() FROM campaign LIMIT 1"


LIVE = "state = 'live'"
WAITS = "outcome IS NULL"
ANSWERED = "answered_at IS NOT NULL"
CASES = {
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
}
