from django.apps import AppConfig


class StructuresConfig(AppConfig):
    name = "tandem.structures"
    label = "structures"
    verbose_name = "Structures"
    default_auto_field = "django.db.models.BigAutoField"
