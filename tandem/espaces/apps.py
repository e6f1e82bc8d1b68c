from django.apps import AppConfig


class EspacesConfig(AppConfig):
    name = "tandem.espaces"
    label = "espaces"
    verbose_name = "Espaces"
    default_auto_field = "django.db.models.BigAutoField"
