"""The guarantees of the books, in SQL: see payments/sql and docs/ledger.md."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
ADD_ONLY = (
    "ledger_account",
    "ledger_entry",
    "ledger_posting",
    "payments_quote",
    "payments_payoutline",
)
KEPT = ("payments_payment", "payments_heldpayment", "payments_refund", "payments_payout")


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _application_role(schema_editor: Any) -> str | None:
    """The quoted role that the application works as; None where it is the owner or not there."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_roles WHERE rolname = %s AND rolname <> current_user",
            [settings.DATABASE_APP_ROLE],
        )
        known = cursor.rowcount == 1
    return schema_editor.quote_name(settings.DATABASE_APP_ROLE) if known else None


def take_rights(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """The application may read the books and add to them. It owns nothing, so it can neither
    disable a trigger nor drop a constraint.
    """
    role = _application_role(schema_editor)
    if role is None:
        return
    for table in ADD_ONLY:
        schema_editor.execute(f"REVOKE ALL ON {table} FROM {role}")
        schema_editor.execute(f"GRANT SELECT, INSERT ON {table} TO {role}")
    schema_editor.execute(f"REVOKE ALL ON ledger_balance FROM {role}")
    schema_editor.execute(f"GRANT SELECT ON ledger_balance TO {role}")
    for table in KEPT:
        schema_editor.execute(f"REVOKE DELETE, TRUNCATE ON {table} FROM {role}")


def give_rights(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    role = _application_role(schema_editor)
    if role is None:
        return
    for table in (*ADD_ONLY, *KEPT, "ledger_balance"):
        schema_editor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}")


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.RunSQL(_read("ledger_guards.sql"), _read("ledger_guards_undo.sql")),
        migrations.RunSQL(_read("money_rows_guards.sql"), _read("money_rows_guards_undo.sql")),
        migrations.RunPython(take_rights, give_rights),
    ]
