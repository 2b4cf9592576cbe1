"""The rows of a table as they were read: a new table. For its reference to the runs it waits five seconds at most."""

import django.db.models.deletion
from django.db import migrations, models

import sanfuwu.ledger.fields


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_batches_ahead")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="ImportRows",
            fields=[
                (
                    "id",
                    sanfuwu.ledger.fields.IdField(
                        default=sanfuwu.ledger.fields.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.PositiveIntegerField()),
                ("length", models.PositiveIntegerField()),
                ("data_enc", models.BinaryField()),
                ("key_id", models.CharField(max_length=16)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="intake.importrun"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("run", "at"), name="import_rows_uq")]},
        ),
    ]
