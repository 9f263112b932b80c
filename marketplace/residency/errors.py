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
