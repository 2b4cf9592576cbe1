"""One sequence per year for problem numbers; `sanfuwu migrate` makes those of coming years, `check` looks for them."""

from django.db import migrations

FIRST, LAST = 2017, 2031


def create(apps, schema_editor):
    for year in range(FIRST, LAST + 1):
        schema_editor.execute(f"CREATE SEQUENCE IF NOT EXISTS problem_number_{year}")


def drop(apps, schema_editor):
    for year in range(FIRST, LAST + 1):
        schema_editor.execute(f"DROP SEQUENCE IF EXISTS problem_number_{year}")


class Migration(migrations.Migration):
    dependencies = [("problems", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
