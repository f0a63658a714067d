"""`migrate`, which first gives the database what every migration relies on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin")


class Command(DjangoMigrate):
    """Extensions, and the application role's rights on whatever the owner creates from now on."""

    def handle(self, *args: Any, **options: Any) -> None:
        if not options.get("plan") and not options.get("check_unapplied"):
            prepare_database(options["database"])
        super().handle(*args, **options)


def prepare_database(alias: str) -> None:
    """Run as the owner of the database; harmless when repeated."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for extension in EXTENSIONS:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
        if owner == settings.DATABASE_APP_ROLE:
            return
        role = connection.ops.quote_name(settings.DATABASE_APP_ROLE)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        for rights in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"):
            cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} TO {role}")
