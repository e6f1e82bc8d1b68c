from django.apps import AppConfig


class PilotageConfig(AppConfig):
    name = "tandem.pilotage"
    label = "pilotage"
    verbose_name = "Pilotage"
    default_auto_field = "django.db.models.BigAutoField"
