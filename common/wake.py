"""Waking a worker for rows that wait to be done.

The row is the truth and a periodic task sweeps it; waking only makes it quick. So a broker that is
away is a line in the log, never an error of whoever wrote the row. A service can't import its
app's tasks (they import it), so both share the errand's name, written once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Errand:
    """A Celery task without arguments: its name and the queue it waits in."""

    name: str
    queue: str


def wake(errand: Errand) -> None:
    """Ask a worker, once the current transaction has committed, to run `errand` now."""
    transaction.on_commit(lambda: _send(errand), robust=True)


def _send(errand: Errand) -> None:
    try:
        current_app.send_task(errand.name, queue=errand.queue, ignore_result=True, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("%s was not woken (%s); its sweep will find the work", errand.name, error)
