"""What this area refuses. Every code has its sentence in `web/messages`."""

from marketplace.core.errors import Refused


class InvestorRefused(Refused):
    """A rule about investors says no.

    Codes: answers_missing, nothing_to_acknowledge, text_changed, result_too_high, criteria_not_met, request_pending,
    request_decided, already_sophisticated, own_request, no_criterion_met, mandate_missing,
    refusal_reason_unknown, not_sophisticated.
    """
