"""Training has numbers of its own, and its mark is known from the start: every list asks for it."""

from django.db import migrations


def begin(apps, schema_editor):
    schema_editor.execute("CREATE SEQUENCE IF NOT EXISTS training_number")
    apps.get_model("problems", "0004_categories_as_streams").objects.get_or_create(kind="origin", key="training")


def end(apps, schema_editor):
    # The facet stays: a row may carry it, and an unused one harms nobody.
    schema_editor.execute("DROP SEQUENCE IF EXISTS training_number")


class Migration(migrations.Migration):
    dependencies = [("problems", "0004_categories_as_streams")]
    operations = [migrations.RunPython(begin, end)]
