"""Background work of money: each may run twice at once, because each row is claimed by one."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from payments.selectors.payability import overdue_money
from payments.selectors.reconciliation import providers_in_use
from payments.services.accounts import refresh_accounts as refresh_open_accounts
from payments.services.actuals import take_in_all_movements
from payments.services.errands import (
    SEND_EVIDENCE,
    SUBMIT_PAYOUTS,
    SUBMIT_REFUNDS,
    SUBMIT_REVERSALS,
    TAKE_IN_MOVEMENTS,
)
from payments.services.evidence import send_evidence as send_due_evidence
from payments.services.missed import ask_about_movements
from payments.services.payouts import submit_payouts as submit_due_payouts
from payments.services.rates import refresh_rates as refresh_all_rates
from payments.services.reconciliation import reconcile
from payments.services.refunds import submit_refunds as submit_due_refunds
from payments.services.reserves import release_reserves as release_due_reserves
from payments.services.reversals import submit_reversals as submit_due_reversals

logger = logging.getLogger(__name__)


@shared_task(name=SUBMIT_REFUNDS.name)
def submit_refunds() -> None:
    """Woken by each refund; swept, so that a crash loses none and lost webhooks are asked for."""
    while submit_due_refunds(now=timezone.now()):
        pass


@shared_task(name=SUBMIT_PAYOUTS.name)
def submit_payouts() -> None:
    """Woken by settlement; swept as refunds are."""
    while submit_due_payouts(now=timezone.now()):
        pass


@shared_task(name=SUBMIT_REVERSALS.name)
def submit_reversals() -> None:
    """Woken by each reversal; swept as refunds are."""
    while submit_due_reversals(now=timezone.now()):
        pass


@shared_task(name=SEND_EVIDENCE.name)
def send_evidence() -> None:
    """Woken by each answer to a dispute; swept as refunds are."""
    while send_due_evidence(now=timezone.now()):
        pass


@shared_task(name="payments.tasks.release_reserves")
def release_reserves() -> None:
    """Every hour: give sellers what was kept of their first sales long enough."""
    release_due_reserves(now=timezone.now())


@shared_task(name="payments.tasks.call_out_overdue_money")
def call_out_overdue_money() -> int:
    """Daily: money that nobody may keep longer and that something holds back; a person decides."""
    lines = overdue_money(now=timezone.now())
    for line in lines:
        logger.error(
            "%s of payee %s must be paid by %s: %s",
            line.amount,
            line.payee.pk,
            line.limit.date(),
            line.hindrance or "not paid yet",
        )
    return len(lines)


@shared_task(name="payments.tasks.refresh_rates")
def refresh_rates() -> None:
    """Daily, and when the market is set up."""
    refresh_all_rates(now=timezone.now())


@shared_task(name=TAKE_IN_MOVEMENTS.name)
def take_in_movements() -> None:
    """What the providers' statements say, with fees and exchange: hourly, or when one moved.

    Then ask about what they undid, in case we were not told.
    """
    take_in_all_movements(now=timezone.now())
    ask_about_movements(now=timezone.now())


@shared_task(name="payments.tasks.refresh_accounts")
def refresh_accounts() -> None:
    """Every half hour: sellers' accounts that are not ready yet, in case we were not told."""
    refresh_open_accounts(now=timezone.now())


@shared_task(name="payments.tasks.reconcile_providers")
def reconcile_providers() -> None:
    """Every night: do the providers say what our books say?"""
    for provider in providers_in_use():
        reconcile(provider=provider, now=timezone.now())
