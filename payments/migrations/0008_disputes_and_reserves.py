"""What disputes, reserves and reversals need to know of each other."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_fee_rules")]

    operations = [
        migrations.RemoveConstraint(
            model_name="disputeshare",
            name="dispute_share_amounts",
        ),
        migrations.AddField(
            model_name="disputeevidence",
            name="gives_in",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="disputeevidence",
            name="reason",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="disputeshare",
            name="blocked_reserve_amount",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="disputeshare",
            name="stated_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="disputeshare",
            name="statement",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="evidencefile",
            name="share",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="files",
                to="payments.disputeshare",
            ),
        ),
        migrations.AddField(
            model_name="providerdispute",
            name="entry_count",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="providerdispute",
            name="lost_amount",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="providerdispute",
            name="platform_loss_amount",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="providerdispute",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="reserve_amount",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="refund",
            name="settled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="settled",
                to="payments.providerdispute",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="undone_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reversal",
            name="refund",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversals",
                to="payments.refund",
            ),
        ),
        migrations.AddIndex(
            model_name="disputeevidence",
            index=models.Index(
                condition=models.Q(("state", "PENDING")), fields=["due_at"], name="evidence_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="disputeevidence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "PENDING")),
                fields=("dispute",),
                name="dispute_evidence_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputeshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    ("blocked_reserve_amount__gte", 0),
                    ("blocked_amount__gte", models.F("blocked_reserve_amount")),
                ),
                name="dispute_share_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="providerdispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("platform_loss_amount__gte", 0),
                    ("platform_loss_amount__lte", models.F("lost_amount")),
                    ("lost_amount__lte", models.F("taken_amount") - models.F("returned_amount")),
                ),
                name="dispute_loss_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("undone_at__isnull", True), ("origin", "CHARGEBACK"), _connector="OR"
                ),
                name="refund_undone_by_a_bank",
            ),
        ),
        migrations.RunSQL(
            _read("dispute_guards.sql"),
            _read("dispute_guards_undo.sql"),
        ),
    ]
