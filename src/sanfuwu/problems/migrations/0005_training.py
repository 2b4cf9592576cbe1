"""Training has numbers of its own, and its marks are known from the start: every list asks for them."""

from django.db import migrations


def begin(apps, schema_editor):
    schema_editor.execute("CREATE SEQUENCE IF NOT EXISTS training_number")
    facets = apps.get_model("problems", "Facet").objects
    facets.get_or_create(kind="origin", key="training")
    facets.get_or_create(kind="cleared", key="yes")


def end(apps, schema_editor):
    # The facets stay: a row may carry them, and unused ones harm nobody.
    schema_editor.execute("DROP SEQUENCE IF EXISTS training_number")


class Migration(migrations.Migration):
    dependencies = [("problems", "0004_categories_as_streams")]
    operations = [migrations.RunPython(begin, end)]
