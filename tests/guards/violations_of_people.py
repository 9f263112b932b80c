"""What breaks each constraint on people and places: accounts, homes, organisations, investors, territories."""

from tests.guards.violations import change, twice


def named(key: str, *names: str) -> str:
    """Name territories, with one key for all; names: as SQL."""
    rows = (f"(gen_random_uuid(), {name}, '{key}', 'PNR', gen_random_uuid(), now())" for name in names)
    return f"INSERT INTO custom_territory (id, name, sort_key, note, created_by, created_at) VALUES {', '.join(rows)}"


UNDECIDED, GRANTED = "outcome IS NULL AND organisation_id IS NULL", "outcome = 'granted'"
ACCEPTED = "outcome = 'accepted'"
NEITHER = "(SELECT id FROM account WHERE id NOT IN (account_id, holder_id) LIMIT 1)"
CASES = {
    "ck_account_display_name_length": change("account", "display_name = ''"),
    "ck_account_email_length": change("account", "email = repeat('x', 255)"),
    "ck_account_locale_known": change("account", "locale = 'de'"),
    "uq_account_email_normalised": twice("account", "id"),
    "ck_account_session_expires_after_creation": change("account_session", "expires_at = created_at"),
    "ck_account_session_token_is_a_digest": change("account_session", "token_sha256 = 'short'"),
    "uq_account_session_token_sha256": twice("account_session", "id"),
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
