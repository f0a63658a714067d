"""What happens again and again: each line is a task *object*, so that a renamed task can't be forgotten here.

Every one of these is a sweep over rows: the work itself is woken at once by whoever wrote the row, and this is what finds
it when that wake-up was lost. A run that could not start before the next is due is dropped, so nothing piles up.
"""

from __future__ import annotations

from typing import Any

from celery import Task
from celery.schedules import crontab, schedule

from notifications import tasks as notifications

SECONDS: tuple[tuple[Task[Any, Any], int], ...] = ((notifications.deliver_emails, 10),)
DAILY: tuple[tuple[Task[Any, Any], crontab], ...] = ()


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Celery's `beat_schedule`."""
    entries = {
        task.name: {
            "task": task.name,
            "schedule": schedule(seconds),
            "options": {"expires": seconds},
        }
        for task, seconds in SECONDS
    }
    entries |= {
        task.name: {"task": task.name, "schedule": when, "options": {"expires": 6 * 3600}}
        for task, when in DAILY
    }
    return entries
