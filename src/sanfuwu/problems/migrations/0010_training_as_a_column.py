"""Whether a row is of training, as a column: every list asks it of every row that it looks at.

Adding a column with a constant default rewrites no row. The few rows of training are marked through the facet's index.
"""

from django.db import migrations, models

MARK = """
UPDATE problems_problemrow SET training = TRUE
 WHERE facets && ARRAY(SELECT id FROM problems_facet WHERE kind = 'origin' AND key = 'training')::int4[]
"""

# What autovacuum waits for is a share of the table: at a million rows the default lets 200,000 rows go by before the
# statistics that choose between the steps of a list, and the map that lets an index answer alone, are brought up to date.
SOONER = """
ALTER TABLE problems_problemrow SET
    (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
     autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE problems_problemtext SET
    (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
     autovacuum_analyze_scale_factor = 0.02)
"""
AS_BEFORE = """
ALTER TABLE problems_problemrow RESET
    (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
ALTER TABLE problems_problemtext RESET
    (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor)
"""


class Migration(migrations.Migration):
    dependencies = [("problems", "0009_foreign_numbers")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.RunSQL(SOONER, AS_BEFORE),
        migrations.AddField(
            model_name="problemrow",
            name="training",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
