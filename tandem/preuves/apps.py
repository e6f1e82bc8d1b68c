from django.apps import AppConfig


class PreuvesConfig(AppConfig):
    name = "tandem.preuves"
    label = "preuves"
    verbose_name = "Preuves"
    default_auto_field = "django.db.models.BigAutoField"
