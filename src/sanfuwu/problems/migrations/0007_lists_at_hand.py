"""Lists ask for more: windows of raising and striking off, nature, basis of closing, units' work in hand, saved views."""

import django.contrib.postgres.fields
import django.db.models.deletion
import sanfuwu.ledger.fields
from django.db import migrations, models

# The narrow rows are derived: their new columns and facets come from the problems. Going back needs nothing undone.
FILL = """
INSERT INTO problems_facet (kind, key)
SELECT DISTINCT 'nature', nature FROM problems_problem
 UNION SELECT DISTINCT 'basis', close_basis FROM problems_problem WHERE close_basis <> ''
ON CONFLICT DO NOTHING;
UPDATE problems_problemrow r
   SET raised_on = p.raised_on,
       struck_off_at = p.struck_off_at,
       facets = ARRAY(
           SELECT DISTINCT x FROM unnest(r.facets || ARRAY(
               SELECT f.id FROM problems_facet f
                WHERE (f.kind, f.key) IN (('nature', p.nature), ('basis', p.close_basis))
           )) AS x ORDER BY x
       )
  FROM problems_problem p
 WHERE p.id = r.problem_id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_access_subject_index'),
        ("problems", "0006_problem_minded_by"),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ListSetting',
            fields=[
                ('post_id', models.UUIDField(primary_key=True, serialize=False)),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
            ],
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', sanfuwu.ledger.fields.IdField(default=sanfuwu.ledger.fields.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=20)),
                ('query', models.CharField(max_length=2000)),
                ('share', models.CharField(choices=[('mine', 'Mine'), ('unit', 'Unit'), ('county', 'County')], default='mine', max_length=6)),
                ('post_id', models.UUIDField()),
                ('made_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.UUIDField()),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='problemrow',
            name='raised_on',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='problemrow',
            name='struck_off_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='problemrow',
            name='raised_on',
            field=models.DateTimeField(),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('state__in', ['in_progress', 'on_hold', 'pending_review', 'pending_sign', 'return_pending'])), fields=['unit', 'state', 'due_at'], name='assignment_in_hand_ix'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('state', 'done')), fields=['ended_at', 'unit'], name='assignment_finished_ix'),
        ),
        migrations.AddIndex(
            model_name='problemrow',
            index=models.Index(fields=['raised_on', 'problem'], name='problem_row_raised_ix'),
        ),
        migrations.AddIndex(
            model_name='problemrow',
            index=models.Index(condition=models.Q(('struck_off_at__isnull', False)), fields=['struck_off_at', 'problem'], name='problem_row_struck_ix'),
        ),
        migrations.AddField(
            model_name='savedview',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.unit'),
        ),
        migrations.AddField(
            model_name='listsetting',
            name='opens_with',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='problems.savedview'),
        ),
        migrations.AddIndex(
            model_name='savedview',
            index=models.Index(fields=['share', 'unit'], name='savedview_shared_ix'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('post_id', 'name'), name='savedview_name_uq'),
        ),
    ]
