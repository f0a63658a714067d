"""Money is frozen by causes, each of which ends by itself; and whose tax is kept of the fee."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).resolve().parent.parent / "sql"


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_platform_bank")]

    operations = [
        migrations.AddField(
            model_name="heldpayment",
            name="fee_tax_country",
            field=models.CharField(blank=True, db_default="", default="", max_length=2),
        ),
        migrations.AddField(
            model_name="heldpayment",
            name="frozen_by",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.RunSQL(
            """UPDATE payments_heldpayment SET frozen_by = '["before"]' WHERE frozen""",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="heldpayment",
            constraint=models.CheckConstraint(
                condition=Q(("frozen", Q(("frozen_by", []), _negated=True))),
                name="held_payment_frozen_by_a_cause",
            ),
        ),
        migrations.RunSQL(
            _read("held_payment_fee_tax_country.sql"),
            _read("held_payment_fee_tax_country_undo.sql"),
        ),
    ]
