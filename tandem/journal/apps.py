from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


def _install_guards(*, using: str, **kwargs: Any) -> None:
    from tandem.journal.guards import install_guards

    install_guards(connections[using])


class JournalConfig(AppConfig):
    name = "tandem.journal"
    label = "journal"
    verbose_name = "Journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import tandem.journal.checks  # noqa: F401 - registers the check

        # Sent after all rooms are migrated: a table rebuilt on the way has lost its guards.
        post_migrate.connect(_install_guards, sender=self)
        # Every room's events, so that a line always finds its label.
        autodiscover_modules("events")
