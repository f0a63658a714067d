"""What may change of the rows of disputes, reserves, reversals, bank files and fees; in SQL."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
KEPT = (
    "payments_reversal",
    "payments_reservehold",
    "payments_bankfile",
    "payments_bankfileline",
    "payments_bankaccount",
    "payments_providerdispute",
    "payments_disputeshare",
    "payments_balancetransaction",
    "payments_feerule",
    "payments_difference",
)


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _application_role(schema_editor: Any) -> str | None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_roles WHERE rolname = %s AND rolname <> current_user",
            [settings.DATABASE_APP_ROLE],
        )
        known = cursor.rowcount == 1
    return schema_editor.quote_name(settings.DATABASE_APP_ROLE) if known else None


def take_rights(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """The application never deletes a row that says what happened to money."""
    role = _application_role(schema_editor)
    if role is not None:
        for table in KEPT:
            schema_editor.execute(f"REVOKE DELETE, TRUNCATE ON {table} FROM {role}")


def give_rights(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    role = _application_role(schema_editor)
    if role is not None:
        for table in KEPT:
            schema_editor.execute(f"GRANT DELETE ON {table} TO {role}")


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_money_that_cannot_go_wrong")]

    operations = [
        migrations.RunSQL(
            _read("more_money_guards.sql"), _read("more_money_guards_undo.sql")
        ),
        migrations.RunPython(take_rights, give_rights),
    ]
