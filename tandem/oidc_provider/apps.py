from django.apps import AppConfig


class OidcProviderConfig(AppConfig):
    name = "tandem.oidc_provider"
    label = "oidc_provider"
    verbose_name = "Fournisseur OIDC"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tandem.oidc_provider.models import Transaction
        from tandem.rapprochements.moving import stays

        stays(Transaction, why="a connexion under way stops: each step reads the person again")
