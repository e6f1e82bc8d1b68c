from django.db import migrations

from tandem.journal.guards import install_guards


def install(apps, schema_editor):
    install_guards(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [("journal", "0001_initial")]

    # Backwards, the triggers go with their tables.
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
