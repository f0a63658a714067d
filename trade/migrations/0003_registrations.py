"""Tax and customs numbers of the platform and of sellers; that they are history is SQL."""

from pathlib import Path

import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


SQL = Path(__file__).resolve().parent.parent / "sql"


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('owner_ref', models.UUIDField(blank=True, db_index=True, null=True)),
                ('kind', models.CharField(max_length=8)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('scheme', models.CharField(blank=True, max_length=20)),
                ('number', models.CharField(max_length=40)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('end_reason', models.TextField(blank=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('country', 'kind', '-valid_from'),
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['IOSS', 'VAT', 'GST', 'ARN', 'VOEC', 'LVG', 'EORI', 'OTHER'])), name='registration_kind_known'), models.CheckConstraint(condition=models.Q(('number', ''), _negated=True), name='registration_has_a_number'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', django.db.models.expressions.CombinedExpression(models.F('valid_from'), '-', models.Value(datetime.timedelta(days=1)))), _connector='OR'), name='registration_period'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('valid_to__isnull', False), _connector='OR'), name='registration_ended_on_a_day'), models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('owner_ref', 'kind', 'country', 'scheme'), name='registration_one_open', nulls_distinct=False)],
            },
        ),
        migrations.RunSQL(_read("registration_guards.sql"), _read("registration_guards_undo.sql")),
    ]
