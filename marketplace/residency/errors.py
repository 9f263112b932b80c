"""What residency refuses. Every code has its sentence in `web/messages`."""

from marketplace.core.errors import Refused


class ResidenceRefused(Refused):
    """A rule about residence says no.

    Codes: commune_unknown, commune_uninhabited, residence_exists, residence_missing, same_commune, too_many_moves
    (fact: again_at), renewal_too_early (fact: from_at), verification_pending, already_verified, residence_expired,
    own_residence, request_decided, refusal_reason_unknown. Of organisations: place_kind_unknown, siret_missing,
    siret_wrong, siret_of_another, branch_is_seat, members_missing, members_too_many (fact: most),
    members_association_only, area_public_only, area_unknown, link_decided, place_reason_unknown.
    """


class ProofUnreadable(Refused):
    """A file given as a proof cannot be read, or not by us.

    Codes: file_empty, file_too_big (fact: most_bytes), file_type_unknown, file_two_types, file_damaged,
    file_protected, file_active, pages_too_many, pixels_too_many, pixels_too_few, file_too_heavy.
    """


class ProofRefused(Refused):
    """A proof of residence is read and does not prove it; the code says which check failed.

    Codes: code_not_found, code_other_type, code_damaged, code_foreign, issuer_unknown, issuer_revoked, issuer_expired,
    signature_wrong, document_not_accepted, document_undated, document_too_old (fact: days), document_in_future,
    name_missing, name_differs, address_missing, address_elsewhere, proof_used.
    """
