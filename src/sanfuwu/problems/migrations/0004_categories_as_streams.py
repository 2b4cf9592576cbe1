"""Categories get a stream of events. Safe while the program runs: columns with a constant default rewrite no row.

A category that is older than this has no event yet; its first act tells all of its values (`taken_over`).
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("problems", "0003_unit_requests_mergers_and_parts"),
    ]

    operations = [
        # Rather fail and be run again than stand in front of everybody who reads categories.
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name='category',
            name='chain_head',
            field=models.BinaryField(default=b'', max_length=32),
        ),
        migrations.AddField(
            model_name='category',
            name='event_seq',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='category',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='problems.category'),
        ),
        migrations.AddField(
            model_name='category',
            name='version',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
