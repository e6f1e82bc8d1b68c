from django.apps import AppConfig


class FichiersConfig(AppConfig):
    name = "tandem.fichiers"
    label = "fichiers"
    verbose_name = "Fichiers"
    default_auto_field = "django.db.models.BigAutoField"
