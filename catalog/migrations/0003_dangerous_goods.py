"""What is dangerous in a listing's goods, the permit for them, and why a moderator should look."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("catalog", "0002_search")]

    operations = [
        migrations.AddField(
            model_name='listing',
            name='battery',
            field=models.CharField(blank=True, db_default='', default='', max_length=8),
        ),
        migrations.AddField(
            model_name='listing',
            name='permit_held',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='listing',
            name='permit_text',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='listing',
            name='restriction_flags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), db_default=[], default=list, editable=False, size=None),
        ),
        migrations.AddField(
            model_name='listing',
            name='un_number',
            field=models.CharField(blank=True, db_default='', default='', max_length=4),
        ),
        migrations.AddField(
            model_name='listing',
            name='watt_hours',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('battery__in', ['', 'none', 'inside', 'packed', 'loose'])), name='listing_battery_known'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('un_number__regex', '^([0-9]{4})?$')), name='listing_un_number_digits'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(('permit_held', False), models.Q(('permit_text', ''), _negated=True), _connector='OR'), name='listing_permit_named'),
        ),
    ]
