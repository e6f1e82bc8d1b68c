from django.apps import AppConfig


class FichesConfig(AppConfig):
    name = "tandem.fiches"
    label = "fiches"
    verbose_name = "Fiches pratiques"
    default_auto_field = "django.db.models.BigAutoField"
