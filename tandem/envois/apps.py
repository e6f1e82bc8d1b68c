from django.apps import AppConfig


class EnvoisConfig(AppConfig):
    name = "tandem.envois"
    label = "envois"
    verbose_name = "Envois"
    default_auto_field = "django.db.models.BigAutoField"
