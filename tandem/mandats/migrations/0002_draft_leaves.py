"""The table of drafts goes to the room `signature`, as it stands: nothing is rewritten."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("mandats", "0001_initial")]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Draft")])
    ]
