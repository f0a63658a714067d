"""The test database: made and cleaned by the schema's owner, used by the tests as the application role.

Migrations run once into a template named after their content; every test database is a copy of it, which takes a moment.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

TEMPLATE_PREFIX = "freeport_tests_"
TEMPLATES_KEPT = 3
LOCK_NUMBER = 7_305_001


def owner_connection(database: str) -> psycopg2.extensions.connection:
    """An autocommitting connection of the owner, beside Django's."""
    owner = settings.OWNER_DATABASE
    opened = psycopg2.connect(
        dbname=database,
        user=owner["USER"],
        password=owner["PASSWORD"],
        host=owner["HOST"] or None,
        port=owner["PORT"] or None,
    )
    opened.autocommit = True
    return opened


def create(name: str, *, rebuild: bool) -> None:
    """A fresh, migrated database `name`."""
    with closing(owner_connection("postgres")) as owner, owner.cursor() as cursor:
        # Parallel test runs take turns: a template can't be copied while somebody is connected to it.
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
        template = _template(cursor, rebuild=rebuild)
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        cursor.execute(drop.format(sql.Identifier(name)))
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        cursor.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))


def drop(name: str) -> None:
    with closing(owner_connection("postgres")) as owner, owner.cursor() as cursor:
        cursor.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _template(cursor: psycopg2.extensions.cursor, *, rebuild: bool) -> str:
    name = TEMPLATE_PREFIX + _migrations_digest()
    existing = _databases(cursor, f"{TEMPLATE_PREFIX}%")
    if name in existing and not rebuild:
        return name
    building = f"{name}_building"
    for outdated in [building, *([name] if rebuild else []), *existing[TEMPLATES_KEPT - 1 :]]:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        cursor.execute(statement.format(sql.Identifier(outdated)))
    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
    with _django_as_owner(building):
        call_command("migrate", interactive=False, verbosity=0)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    cursor.execute(rename.format(sql.Identifier(building), sql.Identifier(name)))
    return name


def _databases(cursor: psycopg2.extensions.cursor, pattern: str) -> list[str]:
    """Newest first."""
    cursor.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC", [pattern]
    )
    return [row[0] for row in cursor.fetchall()]


def _migrations_digest() -> str:
    root = Path(settings.BASE_DIR)
    digest = hashlib.sha256()
    files = [root / "requirements.txt", root / "marketplace/management/commands/migrate.py"]
    for app in settings.LOCAL_APPS:
        files += sorted(
            path for path in (root / app).rglob("migrations/**/*") if path.suffix in {".py", ".sql"}
        )
    for path in files:
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _django_as_owner(name: str) -> Iterator[None]:
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings.OWNER_DATABASE, NAME=name)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


class Snapshot:
    """What migrations put into the tables, so that a test that really commits can be undone.

    Django would TRUNCATE; the ledger refuses that even to its owner. `session_replication_role = replica` lets the cleanup,
    and only the cleanup, past the triggers.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: dict[str, str] = {}
        with closing(owner_connection(name)) as owner, owner.cursor() as cursor:
            cursor.execute(
                "SELECT quote_ident(relname) FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
            )
            self.tables: list[str] = [row[0] for row in cursor.fetchall()]
            for table in self._filled(cursor):
                buffer = io.StringIO()
                cursor.copy_expert(f"COPY {table} TO STDOUT", buffer)
                self.rows[table] = buffer.getvalue()

    def restore(self) -> None:
        with closing(owner_connection(self.name)) as owner, owner.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica; SET lock_timeout = '10s'")
            statements = [
                f"DELETE FROM {table}"
                for table in self._filled(cursor)
                if table != "django_migrations"
            ]
            if statements:
                cursor.execute("; ".join(statements))
            for table, rows in self.rows.items():
                if table != "django_migrations":
                    cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(rows))

    def _filled(self, cursor: psycopg2.extensions.cursor) -> list[str]:
        parts = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in self.tables]
        cursor.execute(" UNION ALL ".join(parts))
        return [row[0] for row in cursor.fetchall()]
