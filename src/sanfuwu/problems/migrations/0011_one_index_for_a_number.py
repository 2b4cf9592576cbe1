"""One index for each unique column of a problem, not two: the second one is for LIKE, which nobody asks by.

It cost two insertions at each registration and 135 MB a million problems. What is unique stays unique by the same index.
"""

from django.db import migrations, models

SECOND = """
DROP INDEX IF EXISTS problems_problem_number_4a59637b_like;
DROP INDEX IF EXISTS problems_problem_read_code_35ef0a99_like
"""


class Migration(migrations.Migration):
    dependencies = [("problems", "0010_training_as_a_column")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SECOND, migrations.RunSQL.noop)],
            state_operations=[
                migrations.AlterField("problem", "number", models.CharField(max_length=24)),
                migrations.AlterField("problem", "read_code", models.CharField(max_length=16)),
                migrations.AddConstraint(
                    "problem", models.UniqueConstraint(fields=["number"], name="problems_problem_number_key")
                ),
                migrations.AddConstraint(
                    "problem", models.UniqueConstraint(fields=["read_code"], name="problems_problem_read_code_key")
                ),
            ],
        ),
    ]
