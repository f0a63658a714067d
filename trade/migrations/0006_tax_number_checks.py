"""Buyers' tax numbers: what was said about each and who gave it; rows are proof, so they are kept."""

import django.db.models.deletion
import django.utils.timezone
import trade.states
import uuid
from django.conf import settings
from django.db import migrations, models

from common.rights import rows_are_kept

KEPT = ("trade_taxnumbercheck", "trade_taxnumberclaim")


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0005_screening'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TaxNumberCheck',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2, verbose_name='Country')),
                ('number', models.CharField(max_length=40, verbose_name='Number')),
                ('state', models.CharField(default=trade.states.TaxNumberState['UNANSWERED'], max_length=10, verbose_name='State')),
                ('source', models.CharField(blank=True, choices=[('vies', 'VIES'), ('moderator', 'A moderator')], max_length=10, verbose_name='Said by')),
                ('authority_name', models.TextField(blank=True, verbose_name='Name in the register')),
                ('authority_address', models.TextField(blank=True, verbose_name='Address in the register')),
                ('consultation_ref', models.CharField(blank=True, max_length=80, verbose_name='Number of the consultation')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='First given')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='Last asked')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='Times asked without an answer')),
                ('next_ask_at', models.DateTimeField(blank=True, null=True)),
                ('last_word', models.CharField(blank=True, max_length=80, verbose_name='Last word')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='Holds until')),
                ('is_current', models.BooleanField(default=True, verbose_name='In use')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='Decided at')),
                ('reason', models.TextField(blank=True, verbose_name='Reason')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': "buyer's tax number",
                'verbose_name_plural': "buyers' tax numbers",
                'ordering': ('-opened_at',),
            },
        ),
        migrations.CreateModel(
            name='TaxNumberClaim',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('language', models.CharField(blank=True, max_length=12)),
                ('business_name', models.CharField(max_length=120)),
                ('purchase_ref', models.UUIDField(blank=True, db_index=True, null=True)),
                ('counted', models.BooleanField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('about', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='trade.taxnumbercheck')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='taxnumbercheck',
            constraint=models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('country', 'number'), name='tax_number_check_one_current'),
        ),
        migrations.AddConstraint(
            model_name='taxnumbercheck',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['UNANSWERED', 'CONFIRMED', 'REFUSED'])), name='tax_number_check_state_known'),
        ),
        migrations.AddConstraint(
            model_name='taxnumbercheck',
            constraint=models.CheckConstraint(condition=models.Q(('state', trade.states.TaxNumberState['UNANSWERED']), models.Q(('decided_at__isnull', False), models.Q(('source', ''), _negated=True)), _connector='OR'), name='tax_number_check_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='taxnumbercheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', trade.states.TaxNumberState['CONFIRMED']), _negated=True), ('expires_at__isnull', False), _connector='OR'), name='tax_number_check_confirmed_for_a_time'),
        ),
        migrations.AddConstraint(
            model_name='taxnumbercheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source', 'moderator'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='tax_number_check_moderator_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='taxnumberclaim',
            constraint=models.UniqueConstraint(fields=('about', 'email', 'purchase_ref'), name='tax_number_claim_once', nulls_distinct=False),
        ),
        rows_are_kept(*KEPT),
    ]
