"""Waking a worker for rows that wait to be done.

The row is the truth and a periodic task sweeps it; waking only makes it quick. So a broker that is
away is a line in the log, never an error of whoever wrote the row. A service can't import its
app's tasks (they import it), so both share the errand's name, written once.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from celery import Celery
from celery.app import app_or_default
from django.db import transaction
from kombu import pools
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# Celery by itself waits six seconds for a broker that is away, and half a minute for one that does
# not answer; whoever places an order must not.
PUBLISHER_OPTIONS = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 2}
# After a failure nobody in this process asks the broker again for so long; the sweeps go on.
SILENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Errand:
    """A Celery task without arguments: its name and the queue it waits in."""

    name: str
    queue: str


@dataclass(slots=True)
class _Broker:
    """What this process last saw of the broker, by its monotonic clock."""

    asked_again_at: float = 0.0


_broker = _Broker()


def wake(errand: Errand) -> None:
    """Ask a worker, once the current transaction has committed, to run `errand` now."""
    transaction.on_commit(lambda: _send(errand), robust=True)


def _send(errand: Errand) -> None:
    if time.monotonic() < _broker.asked_again_at:
        return
    app = app_or_default()
    try:
        with _publishers(app).acquire(block=True) as publisher:
            app.send_task(
                errand.name,
                queue=errand.queue,
                producer=publisher,
                ignore_result=True,
                retry=False,
            )
    except (OperationalError, OSError) as error:
        _broker.asked_again_at = time.monotonic() + SILENCE_SECONDS
        logger.warning("%s was not woken (%s); its sweep will find the work", errand.name, error)


@lru_cache(maxsize=4)
def _publishers(app: Celery) -> Any:
    """Connections that give up at once, kept open between messages."""
    connection = app.connection_for_write()
    connection.transport_options = {**(connection.transport_options or {}), **PUBLISHER_OPTIONS}
    return pools.producers[connection]
