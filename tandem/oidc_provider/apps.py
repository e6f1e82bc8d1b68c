from django.apps import AppConfig


class OidcProviderConfig(AppConfig):
    name = "tandem.oidc_provider"
    label = "oidc_provider"
    verbose_name = "Fournisseur OIDC"
    default_auto_field = "django.db.models.BigAutoField"
