"""A table for the full public nomenclature, which `manage.py import_hs` fills."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("trade", "0003_registrations")]

    operations = [
        migrations.CreateModel(
            name="NomenclatureEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=200)),
                ("codes", models.PositiveIntegerField()),
                ("imported_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="NomenclatureCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=6)),
                ("heading", models.TextField()),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="trade.nomenclatureedition",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "code"), name="nomenclature_code_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[0-9]{6}$")),
                        name="nomenclature_six_digits",
                    ),
                ],
            },
        ),
    ]
