from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate


class ReferentielsConfig(AppConfig):
    name = "tandem.referentiels"
    label = "referentiels"
    verbose_name = "Référentiels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(load_references, sender=self)


def load_references(*, using: str, **_kwargs: Any) -> None:
    """Bring the tables to the shipped versions after each migration; nothing happens when they are.

    Tests load what they need by themselves: 37,000 communes in each test database would cost seconds.
    """
    # Late: the models exist only once the applications are ready.
    from tandem.referentiels import actions

    if settings.TANDEM_MODE == "test" or using != "default":
        return
    # The room may have just been migrated back to nothing.
    if "referentiels_loadeddata" in connections[using].introspection.table_names():
        actions.load_catalogue()
        actions.load_communes()
