"""What migrations take away from the application's own role, which owns nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations


def rows_are_kept(*tables: str) -> migrations.RunPython:
    """A migration's step: the application never deletes a row of these tables."""

    def take(apps: Any, schema_editor: Any) -> None:
        _each(schema_editor, "REVOKE DELETE, TRUNCATE ON {} FROM {}")

    def give_back(apps: Any, schema_editor: Any) -> None:
        _each(schema_editor, "GRANT DELETE ON {} TO {}")

    def _each(schema_editor: Any, statement: str) -> None:
        role = _application_role(schema_editor)
        if role is not None:
            for table in tables:
                schema_editor.execute(statement.format(table, role))

    return migrations.RunPython(take, give_back)


def _application_role(schema_editor: Any) -> str | None:
    """The quoted role that the application works as; None where it is the owner or not there."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_roles WHERE rolname = %s AND rolname <> current_user",
            [settings.DATABASE_APP_ROLE],
        )
        known = cursor.rowcount == 1
    return schema_editor.quote_name(settings.DATABASE_APP_ROLE) if known else None
