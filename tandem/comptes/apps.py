from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "tandem.comptes"
    label = "comptes"
    verbose_name = "Comptes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The secrets of factors are encrypted again with everything else.
        from tandem.comptes import factors  # noqa: F401
