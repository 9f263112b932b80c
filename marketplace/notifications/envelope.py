"""A mail as it travels: headers, text and HTML."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from urllib.parse import urlsplit

from marketplace.notifications.queries import Letter


def as_email(letter: Letter, *, site_url: str) -> EmailMessage:
    """Return a mail with its headers.

    site_url: of this installation; its host signs the message. Auto-Submitted keeps absence notices from answering.
    Only mails that somebody asked for can be ended (RFC 8058, one click); the others tell people what happened to their
    account or money.
    """
    host = urlsplit(site_url).hostname or "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr(("Mitoyen", f"ne-pas-repondre@{host}"))
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = f"<{letter.id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe_path is not None:
        message["List-Unsubscribe"] = f"<{site_url}{letter.unsubscribe_path}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message
