"""In whose name one is about to promise: one's own, or an organisation's, said in the address (``?pour=…``)."""

from uuid import UUID

from flask import request

from marketplace.accounts import organisation_queries as organisations
from marketplace.accounts.organisation_queries import Acting
from marketplace.web.context import Me, Session, now


def asked() -> UUID | None:
    """Read the organisation from the address; None when there is none, or what is no identifier."""
    try:
        return UUID(request.args.get("pour", ""))
    except ValueError:
        return None


def choices(session: Session, person: Me | None) -> tuple[Acting, ...]:
    """Return the organisations that somebody may promise for today. One statement, none for who never had the right."""
    if person is None or not person.mandated:
        return ()
    return organisations.acting_for(session, person.account_id, now())


def chosen(acting: tuple[Acting, ...], organisation_id: UUID | None) -> Acting | None:
    """Return the organisation one chose, None when it is not one of those one may promise for."""
    return next((one for one in acting if one.organisation.id == organisation_id), None)
