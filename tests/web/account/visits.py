"""What people do with a browser and a mailbox."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from marketplace import jobs
from marketplace.core import mail
from marketplace.core.db import Database
from marketplace.core.mail import MailMessage

GOOD = "brouette soleil tandem"
OTHER = "violon cactus remorque"
ADDRESS = "camille@exemple.fr"


@dataclass
class Visitor:
    """A browser without scripts that fills forms in."""

    browser: FlaskClient
    csrf: Callable[[FlaskClient], str]

    def get(self, path: str, **options) -> TestResponse:
        return self.browser.get(path, **options)

    def post(self, path: str, **typed) -> TestResponse:
        return self.browser.post(path, data={"csrf_token": self.csrf(self.browser), **typed})

    def sign_up(self, **typed) -> TestResponse:
        return self.post("/inscription", **(FILLED | typed))

    def sign_in(self, email: str = ADDRESS, password: str = GOOD, suite: str = "") -> TestResponse:
        return self.post(f"/connexion{f'?suite={suite}' if suite else ''}", email=email, password=password)

    def signed_in(self) -> bool:
        return self.get("/mon-compte").status_code == 200


FILLED = {
    "display_name": "Camille D.",
    "email": ADDRESS,
    "password": GOOD,
    "commune": "Poitiers",
    "sworn": "y",
    "adult": "y",
}


@dataclass
class Mailbox:
    """Runs the jobs that write mails, and reads what they wrote."""

    database: Database

    def deliver(self) -> list[MailMessage]:
        """Return all mails, newest first."""
        with self.database.sessions() as session:
            waiting = session.execute(
                text(
                    "DELETE FROM procrastinate.procrastinate_jobs"
                    " WHERE task_name = 'notifications.send_mail' RETURNING id, args"
                )
            ).all()
            session.commit()
        for row in sorted(waiting, key=lambda row: row.id):
            jobs.mails.send_mail(**row.args)
        with self.database.sessions() as session:
            return mail.latest(session)

    def newest(self) -> MailMessage:
        return self.deliver()[0]

    def link(self) -> str:
        """Return the path of the one link of the newest mail."""
        (url,) = re.findall(r"https?://\S+", self.newest().text)
        return url.removeprefix("http://localhost")
