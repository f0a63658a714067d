"""Fee rules may be for a whole branch of shelves, are announced, and may be withdrawn in time."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models

from common.rights import rows_are_kept

SQL = Path(__file__).resolve().parent.parent / "sql"


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


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
        rows_are_kept("payments_feetaxrule"),
    ]
