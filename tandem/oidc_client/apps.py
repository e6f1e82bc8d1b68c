from django.apps import AppConfig


class OidcClientConfig(AppConfig):
    name = "tandem.oidc_client"
    label = "oidc_client"
    verbose_name = "Client OIDC"
    default_auto_field = "django.db.models.BigAutoField"
