from django.apps import AppConfig


class EntrainementConfig(AppConfig):
    name = "tandem.entrainement"
    label = "entrainement"
    verbose_name = "Entraînement"
    default_auto_field = "django.db.models.BigAutoField"
