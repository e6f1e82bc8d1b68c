from django.apps import AppConfig


class ImpressionConfig(AppConfig):
    name = "tandem.impression"
    label = "impression"
    verbose_name = "Impression"
    default_auto_field = "django.db.models.BigAutoField"
