from django.apps import AppConfig


class MandatsConfig(AppConfig):
    name = "tandem.mandats"
    label = "mandats"
    verbose_name = "Mandats"
    default_auto_field = "django.db.models.BigAutoField"
