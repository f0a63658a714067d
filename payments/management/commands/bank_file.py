"""manage.py bank_file make EUR | import FILE: payouts through our own bank, from the command line."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.money import Money
from common.sealing import SealError
from payments.services.bank_accounts import open_file
from payments.services.bank_files import (
    AnswerError,
    AnswerKnownError,
    NoPlatformAccountError,
    NothingToPayError,
    PastDateError,
    import_bank_answer,
    make_bank_file,
)


class Command(BaseCommand):
    """Writes a pain.001 to standard output or a file; takes in a pain.002 or camt.054."""

    help = "Make a bank file of the payouts that wait, or take in the bank's answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        make = verbs.add_parser("make", help="a pain.001 of what waits in a currency")
        make.add_argument("currency")
        make.add_argument("--on", help="when the bank pays (YYYY-MM-DD); today where not given")
        make.add_argument("--out", help="where to write it; standard output where not given")
        take = verbs.add_parser("import", help="a pain.002 or camt.054 of the bank")
        take.add_argument("files", nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "make":
            self._make(options)
        else:
            for name in options["files"]:
                self._import(Path(name))

    def _make(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        try:
            execute_on = date.fromisoformat(options["on"]) if options["on"] else now.date()
            file = make_bank_file(
                currency=options["currency"].upper(), execute_on=execute_on, actor=None, now=now
            )
        except NothingToPayError:
            raise CommandError("No payout in that currency waits for a file.") from None
        except PastDateError:
            raise CommandError("The day of the payment is over.") from None
        except NoPlatformAccountError as error:
            raise CommandError(f"PLATFORM_BANK_ACCOUNTS: no usable account for {error}.") from None
        except (SealError, ValueError) as error:
            raise CommandError(str(error)) from None
        xml = open_file(file)
        if options["out"]:
            Path(options["out"]).write_text(xml, encoding="utf-8")
        else:
            sys.stdout.write(xml)
        total = Money(file.total, file.currency)
        self.stderr.write(f"{file.message_id}: {file.count} payments, {total}")

    def _import(self, path: Path) -> None:
        try:
            answer = import_bank_answer(
                name=path.name, content=path.read_bytes(), actor=None, now=timezone.now()
            )
        except AnswerKnownError:
            self.stdout.write(f"{path.name}: taken in already")
            return
        except AnswerError as error:
            raise CommandError(f"{path.name} can't be read ({error.code}).") from None
        self.stdout.write(
            f"{path.name}: {answer.kind}, {answer.lines} lines: {answer.applied} applied,"
            f" {answer.repeated} known, {answer.unknown} unknown, {answer.refused} refused"
        )
        for row in answer.report:
            self.stdout.write(f"  {row['id']} {row['result']} {row['detail']}")
