"""manage.py import_sanctions ofac|un|eu|uk FILE…: put a sanctions list in the place of the one before."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
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
        parser.add_argument(
            "file",
            type=Path,
            nargs="+",
            help="the list; of OFAC also SDN.CSV, ADD.CSV and ALT.CSV, or the folder with them",
        )
        parser.add_argument(
            "--published-on",
            type=date.fromisoformat,
            help="the day of OFAC's CSV files (2026-11-20), which do not say it",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="take an older or much shorter list; needs --reason",
        )
        parser.add_argument("--reason", default="", help="why a doubtful list is right")

    def handle(self, *args: Any, **options: Any) -> None:
        paths: list[Path] = options["file"]
        path = paths[0]
        try:
            made = import_list(
                source=options["source"],
                content=_content(options["source"], paths),
                published_on=options["published_on"],
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


def _content(source: str, paths: Sequence[Path]) -> bytes | dict[str, bytes]:
    """The file; or each by its name in lower case: of a folder, of several, and OFAC's .csv always."""
    [first, *more] = paths
    is_part = source == "ofac" and first.suffix.lower() == ".csv"
    if not more and not first.is_dir() and not is_part:
        return first.read_bytes()
    files = [
        file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])
    ]
    return {file.name.lower(): file.read_bytes() for file in files if file.suffix.lower() == ".csv"}
