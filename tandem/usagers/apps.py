from django.apps import AppConfig


class UsagersConfig(AppConfig):
    name = "tandem.usagers"
    label = "usagers"
    verbose_name = "Usagers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the outbox: a message that never arrives demotes its channel; nobody writes to nobody."""
        from tandem.envois.signals import message_asked, message_failed
        from tandem.usagers.actions.failures import on_message_failed
        from tandem.usagers.queries import is_of_a_sandbox

        message_asked.connect(is_of_a_sandbox, dispatch_uid="usagers.message_asked")

        message_failed.connect(on_message_failed, dispatch_uid="usagers.message_failed")
