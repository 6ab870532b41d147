"""Mail to users: the port, the console for trying things out, and SMTP."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 20


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A short plain letter."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Gets mail to people."""

    async def send(self, mail: Mail) -> None:
        """Send a mail; raises OSError or smtplib.SMTPException where it cannot."""


class ConsoleMailer:
    """Shows mail on the server's own terminal, where no mail server is configured.

    It goes to the terminal and not into the log, for it may hold a code that opens an account.
    """

    async def send(self, mail: Mail) -> None:
        """Show the mail."""
        print(f"To: {mail.to}\nSubject: {mail.subject}\n\n{mail.text}", file=sys.stderr)


class SmtpMailer:
    """Hands mail to a mail server.

    Parameters
    ----------
    url : ``smtp://user:password@host:587`` (upgraded to TLS if the server offers it) or
        ``smtps://user:password@host:465`` (TLS from the start); without user, no sign-in.
    sender : the address that mail comes from.
    """

    def __init__(self, url: str, sender: str) -> None:
        self._server = urlsplit(url)
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        """Send the mail."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, mail.to, mail.subject
        message.set_content(mail.text)
        await asyncio.to_thread(self._deliver, message)

    def _deliver(self, message: EmailMessage) -> None:
        with self._connect() as smtp:
            if self._server.username is not None:
                smtp.login(unquote(self._server.username), unquote(self._server.password or ""))
            smtp.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        host, port = self._server.hostname or "", self._server.port
        if self._server.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_S, context=context)
        smtp = smtplib.SMTP(host, port or 587, timeout=TIMEOUT_S)
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
        elif self._server.username is not None:
            smtp.close()
            raise smtplib.SMTPNotSupportedError("no TLS, so the password is not sent")
        return smtp
