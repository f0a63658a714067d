"""What happens again and again: each line is a task *object*, so that a renamed task can't be forgotten.

Every one of these is a sweep over rows: the work itself is woken at once by whoever wrote the row,
and this is what finds it when that wake-up was lost. A run that could not start before the next is
due is dropped, so nothing piles up.
"""

from __future__ import annotations

from typing import Any

from celery import Task
from celery.schedules import BaseSchedule, crontab, schedule
from django.conf import settings

from catalog import tasks as catalog
from notifications import tasks as notifications
from orders import tasks as orders
from payments import tasks as payments
from sandbox import tasks as sandbox
from sellers import tasks as sellers
from trade import tasks as trade

AnyTask = Task[..., Any]
SECONDS: tuple[tuple[AnyTask, int], ...] = (
    (orders.handle_provider_events, 5),
    (notifications.deliver_emails, 10),
    (orders.sweep_deadlines, 15),
    (payments.submit_refunds, 20),
    (payments.submit_payouts, 30),
    (payments.submit_reversals, 30),
    (payments.send_evidence, 60),
    (orders.open_unknown_payments, 30),
    (orders.poll_late_payments, 300),
    (catalog.refresh_shelves, 600),
    (catalog.announce_fees, 600),
    (payments.refresh_accounts, 1800),
    (orders.sweep_disputes, 900),
    (sellers.rescreen, 900),
    (orders.rescreen, 300),
    (trade.ask_about_tax_numbers, 60),
    (orders.poll_disputes, 3600),
    (payments.release_reserves, 3600),
    (payments.take_in_movements, 3600),
)
MINUTES: tuple[tuple[AnyTask, int], ...] = ((orders.run_settlement, settings.SETTLEMENT_MINUTES),)
# Only where the sandbox provider plays the bank's part.
SANDBOX_SECONDS: tuple[tuple[AnyTask, int], ...] = ((sandbox.sweep, 5),)
# Only where the invented sanctions list is asked.
DEMO_SECONDS: tuple[tuple[AnyTask, int], ...] = ((trade.refresh_demo_sanctions, 3600),)
# UTC. The ECB publishes in the afternoon, HMRC at night.
DAILY: tuple[tuple[AnyTask, crontab], ...] = (
    (payments.refresh_rates, crontab(hour="0,6,15,17", minute="20")),
    (orders.run_settlement, crontab(hour="4", minute="0")),
    (payments.call_out_overdue_money, crontab(hour="5", minute="0")),
    (payments.reconcile_providers, crontab(hour="5", minute="30")),
)
LATEST_START_SECONDS = 6 * 3600


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Celery's `beat_schedule`."""
    sweeps = SECONDS + (SANDBOX_SECONDS if settings.SANDBOX_ENABLED else ())
    sweeps += DEMO_SECONDS if "demo" in settings.SANCTIONS_LISTS else ()
    sweeps += tuple((task, minutes * 60) for task, minutes in MINUTES)
    entries = {task.name: _entry(task, schedule(seconds), seconds) for task, seconds in sweeps}
    # A task may be swept and have its hour as well: settlement every few minutes and at four.
    return entries | {
        f"{task.name} daily": _entry(task, when, LATEST_START_SECONDS) for task, when in DAILY
    }


def _entry(task: AnyTask, when: BaseSchedule, expires: int) -> dict[str, Any]:
    return {"task": task.name, "schedule": when, "options": {"expires": expires}}
