from __future__ import annotations

import email
import email.policy
import smtplib
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from rehearsal_server.api.accounts.mail import ConsoleMailer, Mail, SmtpMailer

MAIL = Mail(to="ann@example.org", subject="Ein Gruß", text="Grüße\nvon der Bühne\n")


class RecordingHandler:
    """Keeps what the mail server was handed."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def handler() -> RecordingHandler:
    return RecordingHandler()


@pytest.fixture
def port(handler: RecordingHandler) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield port
    controller.stop()


async def test_mail_reaches_the_server_as_it_was_written(
    handler: RecordingHandler, port: int
) -> None:
    await SmtpMailer(f"smtp://127.0.0.1:{port}", "stage@example.org").send(MAIL)
    (envelope,) = handler.envelopes
    assert envelope.mail_from == "stage@example.org"
    assert envelope.rcpt_tos == ["ann@example.org"]
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert message["subject"] == MAIL.subject
    assert message.get_content().replace("\r\n", "\n") == MAIL.text


async def test_a_password_is_not_sent_in_the_clear(handler: RecordingHandler, port: int) -> None:
    mailer = SmtpMailer(f"smtp://me:hunter2@127.0.0.1:{port}", "stage@example.org")
    with pytest.raises(smtplib.SMTPNotSupportedError, match="no TLS"):
        await mailer.send(MAIL)
    assert handler.envelopes == []


async def test_an_address_cannot_smuggle_headers_in(port: int) -> None:
    mailer = SmtpMailer(f"smtp://127.0.0.1:{port}", "stage@example.org")
    hostile = Mail(to="ann@example.org\nBcc: all@example.org", subject="", text="")
    with pytest.raises(ValueError, match="linefeed"):
        await mailer.send(hostile)


async def test_without_a_server_mail_is_shown_on_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    await ConsoleMailer().send(MAIL)
    shown = capsys.readouterr().err
    assert "To: ann@example.org" in shown
    assert MAIL.text in shown
