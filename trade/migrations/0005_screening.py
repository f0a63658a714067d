"""Sanctions lists, who is on them, and matches for a moderator to decide."""

import django.db.models.deletion
import django.utils.timezone
import trade.states
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0004_nomenclature'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ScreenedBusiness',
            fields=[
                ('business_ref', models.UUIDField(primary_key=True, serialize=False)),
                ('subject_key', models.CharField(max_length=64)),
                ('lists', models.CharField(max_length=200)),
                ('screened_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SanctionsList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=8, verbose_name='List')),
                ('published_on', models.DateField(verbose_name='Published on')),
                ('imported_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='Imported at')),
                ('entries', models.PositiveIntegerField(verbose_name='Entries')),
                ('digest', models.CharField(max_length=64)),
                ('reason', models.TextField(blank=True)),
                ('is_current', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name': 'sanctions list',
                'verbose_name_plural': 'sanctions lists',
                'ordering': ('-imported_at', '-id'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('source',), name='sanctions_list_one_current'), models.CheckConstraint(condition=models.Q(('entries__gt', 0)), name='sanctions_list_has_entries')],
            },
        ),
        migrations.CreateModel(
            name='SanctionedParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=8)),
                ('names', models.JSONField()),
                ('countries', models.JSONField(default=list)),
                ('born', models.JSONField(default=list)),
                ('programme', models.TextField(blank=True)),
                ('digest', models.CharField(max_length=64)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='trade.sanctionslist')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('edition', 'ref'), name='sanctioned_party_once_a_list')],
            },
        ),
        migrations.CreateModel(
            name='ScreeningCase',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject_kind', models.CharField(choices=[('BUSINESS', 'Business'), ('BUYER', 'Buyer')], max_length=8, verbose_name='Who')),
                ('subject_ref', models.UUIDField(blank=True, db_index=True, null=True)),
                ('subject_key', models.CharField(max_length=64)),
                ('asked', models.JSONField()),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='Country')),
                ('source', models.CharField(max_length=8, verbose_name='List')),
                ('entry_ref', models.CharField(max_length=80, verbose_name='Number on the list')),
                ('entry_digest', models.CharField(max_length=64)),
                ('entry', models.JSONField()),
                ('score', models.PositiveSmallIntegerField(verbose_name='Score')),
                ('explanation', models.JSONField()),
                ('list_dates', models.JSONField()),
                ('state', models.CharField(default=trade.states.ScreeningState['OPEN'], max_length=9, verbose_name='State')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='Opened at')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'sanctions match',
                'verbose_name_plural': 'sanctions matches',
                'ordering': ('-opened_at',),
                'constraints': [models.UniqueConstraint(fields=('subject_kind', 'subject_key', 'source', 'entry_ref', 'entry_digest'), name='screening_case_once_a_subject_and_entry'), models.CheckConstraint(condition=models.Q(('state__in', ['OPEN', 'CLEARED', 'CONFIRMED'])), name='screening_case_state_known'), models.CheckConstraint(condition=models.Q(('state', trade.states.ScreeningState['OPEN']), models.Q(('decided_at__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='screening_case_decided_with_reason')],
            },
        ),
    ]
