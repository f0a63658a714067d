"""A business that buys, and what each charge was a charge on in the buyer's money."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_tax_schemes")]

    operations = [
        migrations.AddField(
            model_name="purchase",
            name="buyer_business_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="purchase",
            name="buyer_tax_number",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="ordercharge",
            name="base_amount",
            field=models.BigIntegerField(null=True),
        ),
    ]
