"""Why somebody let a fee rule end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_bank_files")]

    operations = [
        migrations.AddField(
            model_name="feerule",
            name="end_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
