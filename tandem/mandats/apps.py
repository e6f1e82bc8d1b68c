from django.apps import AppConfig


class MandatsConfig(AppConfig):
    name = "tandem.mandats"
    label = "mandats"
    verbose_name = "Mandats"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # A person erased below is erased here too (ARCHITECTURE.md lists the signals).
        from tandem.mandats.actions.erasure import erase_person
        from tandem.usagers.signals import usager_erased

        usager_erased.connect(erase_person, dispatch_uid="mandats.erase_person")
