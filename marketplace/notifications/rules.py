"""The kinds of mail and what each needs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Kind:
    """One kind of mail; its words are in ``templates/email/<name>.txt``.

    params: names it cannot do without. Amounts are cents, instants ISO 8601 in UTC, places paths on this site.
    path: where its one link leads, or the name of the param that says it in braces. token: purpose of the token that
    is made when the mail is written and put at the end of the path; it is stored nowhere. chosen: somebody asked for
    mails of this kind, and one click ends them.
    """

    path: str
    params: frozenset[str] = field(default_factory=frozenset)
    token: str | None = None
    chosen: bool = False


_PLEDGE = frozenset({"amount_cents", "campaign_title", "pledge_path"})
_CAMPAIGN = frozenset({"campaign_title", "campaign_path"})
_HELP = frozenset({"campaign_title", "help_path"})
_MONEY = frozenset({"amount_cents", "campaign_title", "money_path"})

KINDS: Mapping[str, Kind] = {
    # accounts
    "confirm_email": Kind("/confirmation/", token="confirm"),  # noqa: S106 - a purpose
    "already_registered": Kind("/connexion"),
    "reset_password": Kind("/mot-de-passe/", token="reset"),  # noqa: S106 - a purpose
    "password_changed": Kind("/mot-de-passe-oublie"),
    # residency
    "residence_verified": Kind("/"),
    "residence_refused": Kind("/mon-compte/residence", frozenset({"reason"})),
    "residence_proven_by_code": Kind("/"),
    "residence_letter_posted": Kind("/mon-compte/residence"),
    "residence_ends": Kind("/mon-compte/residence", frozenset({"expires_at"})),
    "residence_revoked": Kind("/mon-compte/residence", frozenset({"reason"})),
    "residence_conflict_lifted": Kind("/mon-compte/residence"),
    "residence_not_looked_at": Kind("/mon-compte/residence"),
    # organisations
    "organisation_invitation": Kind("/mes-organisations"),
    "organisation_place_accepted": Kind("/mes-organisations"),
    "organisation_place_refused": Kind("/mes-organisations", frozenset({"reason"})),
    "mandate_accepted": Kind("/mes-organisations"),
    "mandate_refused": Kind("/mes-organisations", frozenset({"reason"})),
    "mandate_revoked": Kind("/mes-organisations", frozenset({"reason"})),
    # projects
    "owner_invitation": Kind("/mes-projets"),
    "owner_removed": Kind("/mes-projets"),
    "help_offered": Kind("{help_path}", _HELP),
    "help_withdrawn": Kind("{help_path}", _HELP),
    "help_accepted": Kind("{help_path}", _HELP | {"note"}),
    "help_declined": Kind("{help_path}", _HELP | {"note"}),
    # pledges; campaign_succeeded is the one that says the card was charged
    "pledge_confirmed": Kind("{pledge_path}", _PLEDGE | {"revocable_until"}),
    "pledge_cancelled": Kind("{campaign_path}", _PLEDGE | {"campaign_path"}),
    "pledge_withdrawn": Kind("{campaign_path}", _PLEDGE | {"campaign_path"}),
    "turn_has_come": Kind("{pledge_path}", _PLEDGE | {"expires_at"}),
    "intention_over": Kind("{campaign_path}", _CAMPAIGN | {"amount_cents"}),
    "room_offered": Kind("{pledge_path}", _PLEDGE | {"reserved_until"}),
    "pledge_dropped": Kind("{pledge_path}", _PLEDGE),
    "charge_failed": Kind("{pledge_path}", _PLEDGE | {"recover_until"}),
    "charge_reminder": Kind("{pledge_path}", _PLEDGE | {"recover_until"}),
    "refund_decided": Kind("{pledge_path}", _PLEDGE | {"note", "at_owner"}),
    "pledge_refunded": Kind("{pledge_path}", _PLEDGE),
    "campaign_succeeded": Kind("{pledge_path}", _PLEDGE),
    "campaign_failed": Kind("{campaign_path}", _PLEDGE | {"campaign_path"}),
    "pledge_changed": Kind("{pledge_path}", _PLEDGE),
    "campaign_suspended": Kind("{pledge_path}", _PLEDGE),
    "terms_changed": Kind("{pledge_path}", _PLEDGE | {"reconfirm_until"}),
    "offer_ended": Kind("{campaign_path}", _PLEDGE | {"campaign_path"}),
    "pledge_not_reconfirmed": Kind("{campaign_path}", _PLEDGE | {"campaign_path"}),
    "campaign_cancelled": Kind("{campaign_path}", _PLEDGE | {"campaign_path"}),
    # shares: what the board decided, to who subscribed; then, to owners and staff, that it must, and that it is late
    "admission_granted": Kind("{pledge_path}", _PLEDGE | {"college"}),
    "admission_refused": Kind("{pledge_path}", _PLEDGE | {"note"}),
    "admissions_due": Kind("{campaign_path}", _CAMPAIGN | {"due_at"}),
    "admissions_overdue": Kind("{campaign_path}", _CAMPAIGN | {"due_at"}),
    "admissions_overdue_staff": Kind("{campaign_path}", _CAMPAIGN | {"due_at"}),
    # investors; valid_until: of the approval, exclusive
    "sophisticated_granted": Kind("/mon-compte/investisseur", frozenset({"valid_until"})),
    "sophisticated_refused": Kind("/mon-compte/investisseur", frozenset({"reason"})),
    "sophisticated_ended": Kind("/mon-compte/investisseur"),
    # money, to the owner; and to administrators: matter is a code
    "owner_refund": Kind("{money_path}", _MONEY | {"note"}),
    "dispute_opened": Kind("{money_path}", _MONEY),
    "dispute_won": Kind("{money_path}", _MONEY),
    "dispute_lost": Kind("{money_path}", _MONEY),
    "money_matter": Kind("{campaign_path}", _MONEY | {"campaign_path", "matter", "reference"}),
    # matching, to who follows a commune; campaigns: title and place of each, most local first
    "weekly_digest": Kind("{commune_path}", frozenset({"commune_path", "commune", "campaigns"}), chosen=True),
    # moderation, to the owner; reasons: codes, note: the moderator's own words
    "campaign_approved": Kind("{campaign_path}", _CAMPAIGN),
    "campaign_announced": Kind("{campaign_path}", _CAMPAIGN | {"opens_at"}),
    "changes_requested": Kind("{campaign_path}", _CAMPAIGN | {"reasons", "note"}),
    "campaign_refused": Kind("{campaign_path}", _CAMPAIGN | {"reasons", "note"}),
    "campaign_stopped": Kind("{campaign_path}", _CAMPAIGN | {"note"}),
    "campaign_goes_on": Kind("{campaign_path}", _CAMPAIGN | {"note"}),
    "campaign_ended_by_platform": Kind("{campaign_path}", _CAMPAIGN | {"note"}),
    "correction_published": Kind("{campaign_path}", _CAMPAIGN | {"note"}),
    "correction_refused": Kind("{campaign_path}", _CAMPAIGN | {"note"}),
    "reexamination_upheld": Kind("{campaign_path}", _CAMPAIGN | {"note"}),
    "reexamination_overturned": Kind("{campaign_path}", _CAMPAIGN | {"note"}),
    # projects, to the owner, then to who asked; note: the question, the answer, why staff took it off the page
    "question_asked": Kind("{campaign_path}", _CAMPAIGN | {"note"}),
    "question_answered": Kind("{campaign_path}", _CAMPAIGN | {"note"}),
    "question_withdrawn": Kind("{campaign_path}", _CAMPAIGN | {"note"}),
    # moderation, to who reported or complained; number: of the register; answer_until: exclusive
    "report_answered": Kind("{campaign_path}", _CAMPAIGN | {"note"}),
    "complaint_received": Kind("/mes-reclamations", frozenset({"number"})),
    "complaint_admissible": Kind("/mes-reclamations", frozenset({"number", "answer_until"})),
    "complaint_inadmissible": Kind("/mes-reclamations", frozenset({"number", "note"})),
    "complaint_delayed": Kind("/mes-reclamations", frozenset({"number", "note", "answer_until"})),
    "complaint_answered": Kind("/mes-reclamations", frozenset({"number", "note"})),
}


def check(kind: str, params: Mapping[str, Any]) -> Kind:
    """Return the kind of a mail that is complete. Raises ValueError: unknown kind, missing param, place elsewhere."""
    known = KINDS.get(kind)
    if known is None:
        raise ValueError(f"no mail is called {kind}")
    missing = known.params - {name for name, value in params.items() if value is not None}
    if missing:
        raise ValueError(f"{kind} needs {', '.join(sorted(missing))}")
    if not path(known, params).startswith("/"):
        raise ValueError(f"{kind} leads elsewhere")
    return known


def path(kind: Kind, params: Mapping[str, Any]) -> str:
    """Return where the link of a mail leads on this site, its token left out."""
    if kind.path.startswith("{"):
        return str(params[kind.path.strip("{}")])
    return kind.path
