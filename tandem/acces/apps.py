from django.apps import AppConfig


class AccesConfig(AppConfig):
    name = "tandem.acces"
    label = "acces"
    verbose_name = "Accès de la personne"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # A person erased below is erased here too (ARCHITECTURE.md lists the signals).
        from tandem.acces.actions import erase_person
        from tandem.usagers.signals import usager_erased

        usager_erased.connect(erase_person, dispatch_uid="acces.erase_person")
