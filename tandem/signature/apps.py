from django.apps import AppConfig


class SignatureConfig(AppConfig):
    name = "tandem.signature"
    label = "signature"
    verbose_name = "Signature"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # A person erased below is erased here too (ARCHITECTURE.md lists the signals).
        from tandem.rapprochements.moving import stays
        from tandem.signature.actions.forgetting import forget_person
        from tandem.signature.models import Draft
        from tandem.usagers.signals import usager_erased

        usager_erased.connect(forget_person, dispatch_uid="signature.forget_person")
        stays(Draft, why="what was being signed for the other file stops: the person is gone there")
