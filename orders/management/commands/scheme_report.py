"""The tax return of a scheme for a period, held against the ledger; exit 1 where it does not add up."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.money import Money
from common.tables import harmless
from orders.selectors.report_tables import CHECK_HEAD, HEAD, check_rows, line_rows
from orders.selectors.scheme_reports import (
    SchemeReport,
    UnknownReportError,
    report_keys,
    scheme_report,
)
from trade.rules.scheme_returns import ReturnError, parse_period


class Command(BaseCommand):
    help = "What a scheme's return says for a period, and whether the ledger says the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("report", help="ioss, gb-vat, …, import (tax at the border) or duty")
        parser.add_argument("period", help="2026-11, 2026-Q4 or 2026-H2")
        parser.add_argument("--csv", type=Path, help="write the lines into this file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = scheme_report(
                key=options["report"],
                period=parse_period(options["period"]),
                today=timezone.now().date(),
            )
        except UnknownReportError as error:
            raise CommandError(
                f"No report {error}; there are {', '.join(report_keys())}."
            ) from error
        except ReturnError as error:
            raise CommandError(str(error)) from error
        self._print(report)
        if options["csv"]:
            with options["csv"].open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(HEAD)
                writer.writerows([harmless(cell) for cell in row] for row in line_rows(report))
        if not report.adds_up:
            raise CommandError("The report is not what the ledger says.")
        self.stdout.write(self.style.SUCCESS("The report is what the ledger says."))

    def _print(self, report: SchemeReport) -> None:
        period = report.period
        self.stdout.write(f"{report.key} {period.name}: {period.first} to {period.last} (UTC)")
        for row in (HEAD, *line_rows(report)):
            self.stdout.write("  ".join(str(harmless(cell)) for cell in row))
        for currency, (base, amount) in sorted(report.charged.items()):
            self.stdout.write(f"charged: {Money(amount, currency)} on {Money(base, currency)}")
        if report.to_declare is not None:
            base_money, tax = report.to_declare
            self.stdout.write(f"to declare: {tax} on {base_money}")
        elif report.declared is not None:
            self.stdout.write(self.style.WARNING("to declare: unknown, a rate is missing"))
        if report.unfinished:
            self.stdout.write(self.style.WARNING("The period is not over, or a rate is not final."))
        self.stdout.write("")
        for check in check_rows(report):
            line = "  ".join(str(harmless(cell)) for cell in check)
            self.stdout.write(line if check[-1] == "ok" else self.style.ERROR(line))
        if not report.checks:
            self.stdout.write(f"({', '.join(CHECK_HEAD)}: nothing moved)")
