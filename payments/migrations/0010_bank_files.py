"""Bank files: encrypted, addressed when they are made, answered; and who is owed, by index."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_rates_by_hand")]

    operations = [
        migrations.AddField(
            model_name="bankfile",
            name="key_id",
            field=models.CharField(default="", max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="bankfile",
            name="digest",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="bankanswer",
            name="applied",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="bankanswer",
            name="repeated",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="bankanswer",
            name="refused",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="bankanswer",
            name="report",
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name="bankfileline",
            name="account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="payments.bankaccount",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankfileline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "WAITING"),
                    models.Q(("account__isnull", False), ("file__isnull", False)),
                    _connector="OR",
                ),
                name="bank_line_sent_somewhere",
            ),
        ),
        migrations.AddIndex(
            model_name="bankfileline",
            index=models.Index(
                condition=models.Q(("state", "WAITING")),
                fields=["currency"],
                name="bank_line_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("kind", "SELLER_PAYABLE")),
                fields=["id", "reference"],
                name="ledger_account_payable",
            ),
        ),
        migrations.RunSQL(_read("bank_file_guards.sql"), _read("bank_file_guards_undo.sql")),
    ]
