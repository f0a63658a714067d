"""manage.py import_hs FILE: take in the full public nomenclature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trade.rules.nomenclature import NomenclatureError, read_nomenclature
from trade.services.nomenclature import import_nomenclature


class Command(BaseCommand):
    help = (
        "Import all six-digit codes from a CSV file (the data set harmonized-system, or "
        "code,description). A bad file changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                headings = read_nomenclature(file)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: can't be read ({error})") from error
        except NomenclatureError as error:
            raise CommandError(f"{path}, {error}") from error
        edition = import_nomenclature(headings=headings, source=path.name, now=timezone.now())
        self.stdout.write(f"{edition.codes} codes from {edition.source} are in use.")
