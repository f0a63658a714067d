"""manage.py reconcile: do the providers say what our books say?"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from common.money import Money
from payments.models import Difference, ReconciliationRun
from payments.selectors.reconciliation import open_differences, providers_in_use
from payments.services.reconciliation import reconcile


class Command(BaseCommand):
    """Repeating it does no harm: a difference is one row until somebody has put it right."""

    help = "Compare the providers' account statements with the books; exit 1 on any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", help="only this one, such as sandbox or stripe")
        parser.add_argument("--since", help="from this day on (2026-11-24); three days by default")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        wanted = [options["provider"]] if options["provider"] else providers_in_use()
        known = providers_in_use()
        unknown = [provider for provider in wanted if provider not in known]
        if unknown:
            raise CommandError(
                f"No payments by {unknown[0]}. In use: {', '.join(known) or 'none'}."
            )
        runs = [
            reconcile(provider=provider, now=now, since=_since(options["since"]))
            for provider in wanted
        ]
        for run in runs:
            self._report(run)
        differences = list(open_differences(providers=wanted))
        for row in differences:
            self.stdout.write(_line(row))
        failed = [run.provider for run in runs if run.error]
        if failed:
            raise CommandError(f"No answer from {', '.join(failed)}.")
        if differences:
            raise CommandError(f"Open differences: {len(differences)}.")
        self.stdout.write(self.style.SUCCESS("Providers and books agree."))

    def _report(self, run: ReconciliationRun) -> None:
        self.stdout.write(
            f"{run.provider}  {run.since:%Y-%m-%d} to {run.until:%Y-%m-%d %H:%M}:"
            f" {run.matched} matched, {run.missing} missing, {run.extra} extra,"
            f" {run.different} different" + (f"; {run.error}" if run.error else "")
        )


def _since(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"--since {text} is not a day like 2026-11-24.")
    return datetime.combine(day, time(), tzinfo=UTC)


def _line(row: Difference) -> str:
    ours, theirs = (
        "nothing" if amount is None else str(Money(amount, row.currency))
        for amount in (row.our_amount, row.provider_amount)
    )
    about = row.provider_ref or row.subject
    return (
        f"{row.kind:<9} {row.movement:<17} {about}: {ours} in our books, {theirs} at {row.provider}"
    )
