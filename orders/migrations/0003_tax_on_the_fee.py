"""The tax on the fee, and the fee in words, frozen with the order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_refunds_by_line_and_cases")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="fee_tax_amount",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="fee_tax_amount",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="fee_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
