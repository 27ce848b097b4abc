"""The mail server: one conversation at a time, and for each e-mail what is known of how it ended."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from typing import Literal
from uuid import UUID

import aiosmtplib
from aiosmtplib import SMTPException, SMTPRecipientRefused, SMTPResponseException

from notices_svc.settings import Settings

PERMANENT = 500

SUBJECT = "Connexion: something new waits for you"
BODY = """\
There is something new for you in Connexion, the portal of the DMEPOS Competitive
Bidding Program.

Sign in and look at "My To-Do List" and your notices:

    {portal}

For your protection this message does not say what it is about. It contains no
attachment, and nobody will ask you for your password. Please do not reply: nobody
reads this mailbox. Help desk: 877-577-5331.
"""


class MailServerAway(Exception):
    """The mail server cannot be reached, or does not let us in. Nothing was sent."""


@dataclass(frozen=True)
class Outcome:
    """How a try ended: `could-not-tell` when the text went out and no answer came back."""

    what: Literal["handed-over", "put-off", "refused", "could-not-tell"]
    problem: str = ""


class MailServer:
    """A connection to the mail server that is opened when it is needed."""

    def __init__(self, settings: Settings) -> None:
        """Open nothing yet. The settings name a server."""
        self._settings = settings
        self._client: aiosmtplib.SMTP | None = None

    async def reach(self) -> None:
        """Have a connection. Raises `MailServerAway`."""
        if self._client is not None and self._client.is_connected:
            return
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            use_tls=settings.smtp_tls == "implicit",
            start_tls=settings.smtp_tls == "starttls",
            timeout=settings.smtp_timeout_seconds,
        )
        try:
            await client.connect()
            if settings.smtp_username and settings.smtp_password:
                await client.login(settings.smtp_username, settings.smtp_password.get_secret_value())
        except (SMTPException, OSError) as problem:
            client.close()
            raise MailServerAway(type(problem).__name__) from problem
        self._client = client

    async def hand_over(self, pointer_id: UUID, email: str) -> Outcome:
        """Give one e-mail to the server that was reached, and return how it ended."""
        assert self._client is not None  # noqa: S101  `reach` comes first
        client = self._client
        try:
            await client.mail(self._settings.mail_from)
            await client.rcpt(email)
        except SMTPRecipientRefused as refusal:
            await self._start_over()
            return Outcome("refused" if refusal.code >= PERMANENT else "put-off", str(refusal.code))
        except SMTPResponseException as refusal:
            await self._start_over()
            return Outcome("put-off", str(refusal.code))
        except (SMTPException, OSError) as problem:  # before the text: nothing was sent
            self.close()
            return Outcome("put-off", type(problem).__name__)
        try:
            await client.data(self._message(pointer_id, email))
        except SMTPResponseException as refusal:
            await self._start_over()
            return Outcome("refused" if refusal.code >= PERMANENT else "put-off", str(refusal.code))
        except (SMTPException, OSError) as problem:
            self.close()
            return Outcome("could-not-tell", type(problem).__name__)
        return Outcome("handed-over")

    def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            self._client.close()
        self._client = None

    async def _start_over(self) -> None:
        """Make the conversation ready for the next e-mail, or end it."""
        try:
            if self._client is not None:
                await self._client.rset()
        except (SMTPException, OSError):
            self.close()

    def _message(self, pointer_id: UUID, email: str) -> bytes:
        message = EmailMessage(policy=CRLF)
        message["From"], message["To"], message["Subject"] = self._settings.mail_from, email, SUBJECT
        message["Message-ID"] = f"<{pointer_id}@{self._settings.mail_from.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(BODY.format(portal=self._settings.portal_url))
        return message.as_bytes()
