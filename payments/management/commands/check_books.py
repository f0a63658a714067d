"""Recompute the books from their postings; non-zero exit on any drift."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments.selectors import check_books, trial_balance


class Command(BaseCommand):
    help = "Recompute every balance from the postings and compare; exit 1 on any difference."

    def handle(self, *args: Any, **options: Any) -> None:
        report = check_books()
        for line in trial_balance():
            self.stdout.write(f"{line.currency}  {line.kind:<20} {line.balance.to_decimal():>20f}")
        for currency, total in report.totals.items():
            self.stdout.write(f"{currency}  {'all accounts':<20} {total:>20}")
        self.stdout.write(
            f"{report.entries} entries, {report.postings} postings, {report.accounts} accounts."
        )
        if not report.ok:
            raise CommandError("The books are wrong:\n" + "\n".join(report.problems))
        self.stdout.write(self.style.SUCCESS("The books balance."))
