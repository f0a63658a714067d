"""Which tax scheme settles a charge, and under which number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_tax_on_the_fee")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="registrations",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="ordercharge",
            name="scheme",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
    ]
