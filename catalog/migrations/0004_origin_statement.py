"""Whether the seller of a listing can give a statement on origin, which claims a lower duty."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_dangerous_goods")]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="origin_statement",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("origin_statement", False),
                    models.Q(("origin_country", ""), _negated=True),
                    _connector="OR",
                ),
                name="listing_origin_stated",
            ),
        ),
    ]
