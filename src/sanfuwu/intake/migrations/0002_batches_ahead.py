"""Batches that lie written beyond the place up to which all is written. A constant default rewrites no row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_imports")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="importrun",
            name="ahead",
            field=models.JSONField(default=list, db_default=[]),
        ),
    ]
