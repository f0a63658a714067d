"""Several reasons may hold a payee's payouts; the end of one leaves the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_fee_end_reason")]

    operations = [
        migrations.AddField(
            model_name="payee",
            name="hold_causes",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
