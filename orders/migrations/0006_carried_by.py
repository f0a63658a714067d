"""Who carries an order's parcel, as its prices were worked out; "" for orders from before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_business_buyer")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="carried_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
    ]
