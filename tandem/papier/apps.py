from django.apps import AppConfig


class PapierConfig(AppConfig):
    name = "tandem.papier"
    label = "papier"
    verbose_name = "Mandats sur papier"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # A person erased below is erased here too (ARCHITECTURE.md lists the signals).
        from tandem.papier.actions.forgetting import erase_person
        from tandem.papier.models import Sheet
        from tandem.rapprochements.moving import follows
        from tandem.usagers.signals import usager_erased

        usager_erased.connect(erase_person, dispatch_uid="papier.erase_person")
        follows(Sheet)
