from django.apps import AppConfig


class UsagersConfig(AppConfig):
    name = "tandem.usagers"
    label = "usagers"
    verbose_name = "Usagers"
    default_auto_field = "django.db.models.BigAutoField"
