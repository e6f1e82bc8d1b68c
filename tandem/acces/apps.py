from django.apps import AppConfig


class AccesConfig(AppConfig):
    name = "tandem.acces"
    label = "acces"
    verbose_name = "Accès de la personne"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # A person erased below is erased here too (ARCHITECTURE.md lists the signals).
        from tandem.acces.actions import erase_person
        from tandem.acces.models import Acces
        from tandem.acces.queries import open_twice
        from tandem.rapprochements.moving import follows
        from tandem.rapprochements.signals import usagers_compared
        from tandem.usagers.signals import usager_erased

        usager_erased.connect(erase_person, dispatch_uid="acces.erase_person")
        usagers_compared.connect(open_twice, dispatch_uid="acces.open_twice")
        follows(Acces)
