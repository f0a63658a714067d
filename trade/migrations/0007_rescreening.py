"""What was asked about the buyers of open purchases, and where entries of a list say that they live."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0006_tax_number_checks'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScreenedPurchase',
            fields=[
                ('purchase_ref', models.UUIDField(primary_key=True, serialize=False)),
                ('subject_key', models.CharField(blank=True, db_index=True, max_length=64)),
                ('lists', models.CharField(max_length=200)),
                ('screened_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='screeningcase',
            name='owner_digest',
            field=models.CharField(blank=True, db_default='', db_index=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='sanctionedparty',
            name='places',
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
