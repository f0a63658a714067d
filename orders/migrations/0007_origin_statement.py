"""Which lines have a lower duty by the seller's statement on origin, and which charges it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_carried_by")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="origin_statement",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="ordercharge",
            name="preferential",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
