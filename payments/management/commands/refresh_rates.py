"""Take in the exchange rates that have been published."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from payments.services.rates import refresh_rates


class Command(BaseCommand):
    help = "Store the newest exchange rates of every source."

    def handle(self, *args: Any, **options: Any) -> None:
        report = refresh_rates(now=timezone.now())
        self.stdout.write(f"{report.stored} new rates.")
        for error in report.errors:
            self.stdout.write(self.style.WARNING(f"The live source was left out: {error}."))
        if report.held_back:
            self.stdout.write(
                self.style.WARNING(f"Waiting for approval: {', '.join(report.held_back)}.")
            )
