from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "tandem.comptes"
    label = "comptes"
    verbose_name = "Comptes"
    default_auto_field = "django.db.models.BigAutoField"
