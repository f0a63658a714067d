"""What goes back line by line, and what buyers complain of; the guards of the refunds are SQL."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
import orders.states
import uuid
from django.conf import settings
from django.db import migrations, models


SQL = Path(__file__).resolve().parent.parent / "sql"


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0001_initial'),
        ('payments', '0003_money_that_cannot_go_wrong'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='dispatch_days',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('wanted', models.CharField(max_length=12)),
                ('wanted_amount', models.BigIntegerField(null=True)),
                ('offer_amount', models.BigIntegerField(null=True)),
                ('outcome_amount', models.BigIntegerField(default=0)),
                ('state', models.CharField(default=orders.states.CaseState['OPEN'], max_length=16)),
                ('decided_by', models.CharField(blank=True, max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('escalated_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='orders.order')),
            ],
            options={
                'ordering': ('-opened_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='CaseMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('author_role', models.CharField(max_length=10)),
                ('text', models.TextField(blank=True)),
                ('offer_amount', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='orders.case')),
            ],
            options={
                'ordering': ('at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='CaseFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('media_type', models.CharField(max_length=60)),
                ('content', models.BinaryField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='orders.casemessage')),
            ],
            options={
                'ordering': ('name', 'id'),
            },
        ),
        migrations.CreateModel(
            name='OrderRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('refund_ref', models.UUIDField(unique=True)),
                ('reason', models.CharField(max_length=20)),
                ('note', models.TextField(blank=True)),
                ('given_by', models.CharField(max_length=10)),
                ('created_at', models.DateTimeField()),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='orders.order')),
            ],
            options={
                'ordering': ('created_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='RefundLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField(default=0)),
                ('amount', models.BigIntegerField()),
                ('mid_amount', models.BigIntegerField()),
                ('spread_amount', models.BigIntegerField()),
                ('tax_amount', models.BigIntegerField()),
                ('duty_amount', models.BigIntegerField()),
                ('fees_amount', models.BigIntegerField()),
                ('seller_amount', models.BigIntegerField()),
                ('commission_amount', models.BigIntegerField()),
                ('fee_tax_amount', models.BigIntegerField()),
                ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refund_lines', to='orders.orderline')),
                ('refund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='orders.orderrefund')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ['OPEN', 'ANSWERED', 'ESCALATED'])), fields=['due_at'], name='case_open_due'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['OPEN', 'ANSWERED', 'ESCALATED'])), fields=('order',), name='case_one_open'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['OPEN', 'ANSWERED', 'ESCALATED', 'REFUNDED', 'PARTLY_REFUNDED', 'REJECTED', 'WITHDRAWN'])), name='case_state_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['NOT_SENT', 'NOT_ARRIVED', 'NOT_AS_DESCRIBED', 'DAMAGED', 'OTHER'])), name='case_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('wanted_amount__isnull', True), ('wanted_amount__gt', 0), _connector='OR'), models.Q(('offer_amount__isnull', True), ('offer_amount__gt', 0), _connector='OR'), ('outcome_amount__gte', 0)), name='case_amounts'),
        ),
        migrations.AddConstraint(
            model_name='orderrefund',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['CANCELLED', 'NOT_ARRIVED', 'NOT_AS_DESCRIBED', 'CHANGED_MIND', 'GOODWILL', 'AGREED', 'CHARGEBACK'])), name='order_refund_reason_known'),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.UniqueConstraint(fields=('refund', 'line'), name='refund_line_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('mid_amount'), '+', models.F('spread_amount')), '+', models.F('tax_amount')), '+', models.F('duty_amount')), '+', models.F('fees_amount')))), name='refund_line_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('commission_amount__gte', 0), ('duty_amount__gte', 0), ('fee_tax_amount__gte', 0), ('fees_amount__gte', 0), ('mid_amount__gte', 0), ('seller_amount__gte', django.db.models.expressions.CombinedExpression(models.F('commission_amount'), '+', models.F('fee_tax_amount'))), ('tax_amount__gte', 0)), name='refund_line_not_negative'),
        ),
        migrations.RunSQL(_read("refund_guards.sql"), _read("refund_guards_undo.sql")),
    ]
