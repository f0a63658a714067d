"""Against a real mail server on this machine: its answers decide whether a mail is tried again."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Thread

import pytest
from pytest_django import Settings

from notifications.models import EmailDelivery
from notifications.services import deliver_batch, queue_email
from notifications.states import EffectState

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as is needed; answers RCPT with `answer`, keeps what it takes."""

    allow_reuse_address = True
    daemon_threads = True
    answer = "250 yes"
    taken: list[str]


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 mail.test")
        for raw in self.rfile:
            verb = raw[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                self.server.taken.append(self._message())
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say(self.server.answer if verb == b"RCPT" else "250 yes")

    def _message(self) -> str:
        lines = []
        for raw in self.rfile:
            if raw == b".\r\n":
                break
            lines.append(raw.decode())
        return "".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with MailServer(("127.0.0.1", 0), Conversation) as server:
        server.taken = []
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = False
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def delivered(to: str = "lucie@example.fr") -> EmailDelivery:
    row = queue_email(to=to, subject="Payé ✓", text="Merci.", html="<p>Merci.</p>", now=NOW)
    deliver_batch(now=NOW)
    row.refresh_from_db()
    return row


@pytest.mark.django_db
def test_a_message_arrives_whole(mail_server: MailServer) -> None:
    row = delivered()
    assert row.state == EffectState.DONE
    [message] = mail_server.taken
    assert f"Message-ID: <{row.pk}@" in message
    assert "Auto-Submitted: auto-generated" in message
    assert "text/plain" in message
    assert "text/html" in message
    assert "=?utf-8?" in message


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("550 no such mailbox", EffectState.FAILED),
        ("451 come back later", EffectState.PENDING),
    ],
)
def test_the_servers_answer_decides(
    mail_server: MailServer, answer: str, state: EffectState
) -> None:
    mail_server.answer = answer
    row = delivered()
    assert (row.state, row.attempts) == (state, 1)
    assert answer in row.last_error
    assert mail_server.taken == []


@pytest.mark.django_db
def test_no_server_at_all_is_tried_again(mail_server: MailServer, settings: Settings) -> None:
    settings.EMAIL_PORT = 9
    row = delivered()
    assert row.state == EffectState.PENDING
    assert "refused" in row.last_error
