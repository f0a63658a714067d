"""Who carries by a delivery option: the post or a courier; "" for options from before the question."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shipping", "0002_item_numbers")]

    operations = [
        migrations.AddField(
            model_name="deliveryoption",
            name="carried_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddConstraint(
            model_name="deliveryoption",
            constraint=models.CheckConstraint(
                condition=models.Q(("carried_by__in", ["", "post", "courier"])),
                name="delivery_option_carrier_known",
            ),
        ),
    ]
