from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "tandem.ui"
    label = "ui"
    verbose_name = "Ui"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say a missing answer in our words, in every form of the house."""
        Field.default_error_messages = {"required": _("Il manque cette réponse.")}
