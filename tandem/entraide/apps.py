from django.apps import AppConfig


class EntraideConfig(AppConfig):
    name = "tandem.entraide"
    label = "entraide"
    verbose_name = "Entraide"
    default_auto_field = "django.db.models.BigAutoField"
