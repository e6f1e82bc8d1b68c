from django.apps import AppConfig


class AccompagnementsConfig(AppConfig):
    name = "tandem.accompagnements"
    label = "accompagnements"
    verbose_name = "Accompagnements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # A person erased below is erased here too (ARCHITECTURE.md lists the signals).
        from tandem.accompagnements.actions.erasure import erase_person
        from tandem.accompagnements.models import Besoin, Brouillon, DemarcheSuivie
        from tandem.rapprochements.moving import follows
        from tandem.usagers.signals import usager_erased

        usager_erased.connect(erase_person, dispatch_uid="accompagnements.erase_person")
        follows(Besoin)
        follows(DemarcheSuivie)
        follows(Brouillon)
