from django.apps import AppConfig


class RapprochementsConfig(AppConfig):
    name = "tandem.rapprochements"
    label = "rapprochements"
    verbose_name = "Rapprochements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Signals of usagers (ARCHITECTURE.md lists them), and what of usagers follows the person.
        from tandem.rapprochements import belongings
        from tandem.rapprochements.actions import erase_person, index_likeness
        from tandem.usagers.signals import usager_erased, usager_named

        usager_named.connect(index_likeness, dispatch_uid="rapprochements.index_likeness")
        usager_erased.connect(erase_person, dispatch_uid="rapprochements.erase_person")
        belongings.declare()
