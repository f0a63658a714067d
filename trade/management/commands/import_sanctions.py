"""manage.py import_sanctions ofac|un|eu|uk FILE: put a sanctions list in the place of the one before."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from trade.rules.sanction_lists import SOURCES, ListError
from trade.services.sanctions_lists import ListRefusedError, import_list


class Command(BaseCommand):
    """The whole list or nothing; a doubtful file is refused in one line."""

    help = "Import a sanctions list: sdn.xml, consolidated.xml, xmlFullSanctionsList, UK Sanctions List."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", choices=sorted(SOURCES))
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--force",
            action="store_true",
            help="take an older or much shorter list; needs --reason",
        )
        parser.add_argument("--reason", default="", help="why a doubtful list is right")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            made = import_list(
                source=options["source"],
                content=path.read_bytes(),
                force=options["force"],
                reason=options["reason"],
                now=timezone.now(),
            )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or 'cannot be read'}") from None
        except ListError as error:
            raise CommandError(f"{path}: {error}") from None
        except ListRefusedError as error:
            raise CommandError(
                f"{path}: {error}. --force --reason takes it all the same."
            ) from None
        self.stdout.write(
            f"{made.source}: {made.entries} entries, published on {made.published_on}."
        )
