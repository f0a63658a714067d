"""Fee rules may be for a whole branch of shelves, are announced, and may be withdrawn in time."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


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
    """A tax that was charged stays readable, too."""
    role = _application_role(schema_editor)
    if role is not None:
        schema_editor.execute(f"REVOKE DELETE, TRUNCATE ON payments_feetaxrule FROM {role}")


def give_rights(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    role = _application_role(schema_editor)
    if role is not None:
        schema_editor.execute(f"GRANT DELETE ON payments_feetaxrule TO {role}")


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0006_frozen_by_a_cause"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="feerule", name="fee_rule_period"),
        migrations.AddField(
            model_name="feerule",
            name="announced_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="feerule",
            name="category",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddConstraint(
            model_name="feerule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__isnull", True),
                    ("ends_at__gte", models.F("starts_at")),
                    _connector="OR",
                ),
                name="fee_rule_period",
            ),
        ),
        migrations.RunSQL(_read("fee_tax_guards.sql"), _read("fee_tax_guards_undo.sql")),
        migrations.RunPython(take_rights, give_rights),
    ]
