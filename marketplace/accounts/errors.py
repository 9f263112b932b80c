"""What accounts refuse. Every code has its sentence in `web/messages`."""

from marketplace.core.errors import Refused


class AccountRefused(Refused):
    """A rule about accounts says no.

    Codes: email_invalid, email_not_confirmed, password_too_short, password_too_long, password_too_common,
    password_wrong, link_used, display_name_invalid, administrator_unknown.
    """


class OrganisationRefused(Refused):
    """A rule about organisations says no.

    Codes: organisation_name_invalid, legal_form_missing, siren_missing, siren_wrong, rna_wrong, rna_not_association,
    organisation_number_missing, organisation_taken, too_many_organisations (fact: most), role_unknown, last_manager,
    capacity_missing, function_invalid, mandate_pending, mandate_decided, mandate_reason_unknown, own_organisation.
    """
