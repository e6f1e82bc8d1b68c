from django.apps import AppConfig


class CourriersConfig(AppConfig):
    name = "tandem.courriers"
    label = "courriers"
    verbose_name = "Courriers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to usagers: whoever is erased there is erased here (ARCHITECTURE.md lists the signals)."""
        from tandem.courriers.actions.erasure import erase_person
        from tandem.courriers.models import Courrier, Lettre
        from tandem.rapprochements.moving import follows
        from tandem.usagers.signals import usager_erased

        usager_erased.connect(erase_person, dispatch_uid="courriers.erase_person")
        follows(Lettre)
        follows(Courrier)
