from django.apps import AppConfig


class EcheancesConfig(AppConfig):
    name = "tandem.echeances"
    label = "echeances"
    verbose_name = "Échéances"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Signals of lower rooms (ARCHITECTURE.md lists them).
        from tandem.accompagnements.signals import demarche_changed
        from tandem.echeances.actions.erasure import erase_person
        from tandem.echeances.actions.planning import on_demarche_changed
        from tandem.echeances.models import Echeance
        from tandem.rapprochements.moving import follows
        from tandem.usagers.signals import usager_erased

        demarche_changed.connect(on_demarche_changed, dispatch_uid="echeances.plan")
        usager_erased.connect(erase_person, dispatch_uid="echeances.erase_person")
        follows(Echeance)
