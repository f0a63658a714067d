"""The search column, kept by the database itself (see 0002_search.sql)."""

from pathlib import Path

from django.db import migrations

_HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(
            (_HERE / "0002_search.sql").read_text(encoding="utf-8"),
            reverse_sql=(_HERE / "0002_search_undo.sql").read_text(encoding="utf-8"),
        )
    ]
