"""The database itself refuses to change the audit trail; see the SQL beside this file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
UNDO = """
DROP TRIGGER accounts_audit_append_only ON accounts_auditentry;
DROP FUNCTION accounts_audit_refuse();
"""


def revoke(apps: Any, schema_editor: Any) -> None:
    """The application role may add rows and read them, nothing else."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == settings.DATABASE_APP_ROLE:
            return
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON accounts_auditentry FROM {role}")


def grant(apps: Any, schema_editor: Any) -> None:
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"GRANT UPDATE, DELETE ON accounts_auditentry TO {role}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(SQL, UNDO),
        migrations.RunPython(revoke, grant),
    ]
