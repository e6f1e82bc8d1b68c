from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "tandem.ui"
    label = "ui"
    verbose_name = "Ui"
    default_auto_field = "django.db.models.BigAutoField"
