"""Bring the database and the static files up to this version of the program. Needs the schema's owner."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from marketplace.demo import mark
from marketplace.furnish import furnish


class Command(BaseCommand):
    help = "Migrate the database and collect static files where they changed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self._clear_half_loaded_demo()
        call_command("migrate", interactive=False, verbosity=0)
        furnish(now=timezone.now())
        self._collect_static()

    def _clear_half_loaded_demo(self) -> None:
        """A killed load began with an empty database, so nothing of anybody's is in it."""
        data_dir, database = settings.DATA_DIR, connection.settings_dict["NAME"]
        if settings.DATABASE_IS_EMBEDDED and mark.is_half_loaded(data_dir, database):
            connection.close()
            settings.EMBEDDED.postgres.recreate_database(database)
            mark.forget(data_dir, database)

    def _collect_static(self) -> None:
        root = Path(settings.STATIC_ROOT)
        stamp = root / ".fingerprint"
        fingerprint = _fingerprint()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        root.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(fingerprint)


def _fingerprint() -> str:
    """Names, sizes and times of all static files: reading them all would take as long as collecting them."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
