"""manage.py settle: pay sellers what is theirs now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from common.money import Money
from orders.services.settling import run_settlement


class Command(BaseCommand):
    """One settlement run; repeating it within a period changes nothing."""

    help = "Make a payout for every seller that is owed something."

    def handle(self, *args: Any, **options: Any) -> None:
        report = run_settlement(now=timezone.now())
        for payout in report.payouts:
            self.stdout.write(f"{payout.number}  {Money(payout.amount, payout.currency)}")
        self.stdout.write(f"{len(report.payouts)} payouts, {report.on_hold} sellers on hold")
