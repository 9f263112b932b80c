"""What residency refuses. Every code has its sentence in `web/messages`."""

from marketplace.core.errors import Refused


class ResidenceRefused(Refused):
    """A rule about residence says no.

    Codes: commune_unknown, commune_uninhabited, residence_exists, residence_missing, same_commune, too_many_moves
    (fact: again_at), renewal_too_early (fact: from_at), verification_pending, already_verified, residence_expired,
    own_residence, request_decided, refusal_reason_unknown.
    """
