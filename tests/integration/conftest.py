"""Every integration test ends with the invariants of the whole database: none may be broken, whatever it did.

Nor may a job be queued that nobody carries out, or a mail that could not be written.
"""

from collections.abc import Iterator

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace import invariants, jobs
from marketplace.notifications import rules as mails

QUEUED = text("SELECT task_name, args FROM procrastinate.procrastinate_jobs ORDER BY id")


@pytest.fixture(autouse=True)
def invariants_hold(request: pytest.FixtureRequest) -> Iterator[None]:
    """Look at every invariant when a test that used the database is over, before its work is rolled back.

    A test marked ``unlawful`` breaks one on purpose and looks for itself.
    """
    if "database" not in request.fixturenames:
        yield
        return
    database = request.getfixturevalue("database")
    # Asked for here so that it ends after this fixture: what a test flushed and did not commit is looked at too.
    session: Session | None = request.getfixturevalue("session") if "session" in request.fixturenames else None
    yield
    if request.node.get_closest_marker("unlawful"):
        return
    if session is not None:
        if not session.is_active or _in_error(session):
            session.rollback()
        session.flush()
    with database.reading() as looking:
        broken = invariants.violations(looking)
        queued = looking.execute(QUEUED).all()
    for job, arguments in queued:
        assert job in jobs.names(), f"nobody carries out {job}"
        if job == "notifications.send_mail":
            mails.check(arguments["kind"], arguments["params"])
    assert not broken, "\n".join(f"{finding.name}: {', '.join(finding.examples)}" for finding in broken)


def _in_error(session: Session) -> bool:
    """Tell whether the last statement failed and nobody rolled back."""
    driver = session.connection().connection.driver_connection
    return driver is not None and driver.info.transaction_status == TransactionStatus.INERROR
