"""What may change of the rows of disputes, reserves, reversals, bank files and fees; in SQL."""

from pathlib import Path

from django.db import migrations

from common.rights import rows_are_kept

SQL = Path(__file__).resolve().parent.parent / "sql"
KEPT = (
    "payments_reversal",
    "payments_reservehold",
    "payments_bankfile",
    "payments_bankfileline",
    "payments_bankaccount",
    "payments_providerdispute",
    "payments_disputeshare",
    "payments_balancetransaction",
    "payments_feerule",
    "payments_difference",
)


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_money_that_cannot_go_wrong")]

    operations = [
        migrations.RunSQL(
            _read("more_money_guards.sql"), _read("more_money_guards_undo.sql")
        ),
        rows_are_kept(*KEPT),
    ]
