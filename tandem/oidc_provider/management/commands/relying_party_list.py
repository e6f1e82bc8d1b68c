"""List the relying parties, stopped ones included."""

from typing import Any

from django.core.management.base import BaseCommand

from tandem.oidc_provider.queries import relying_parties


class Command(BaseCommand):
    help = "Liste les services qui peuvent demander une identité."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for party in relying_parties():
            state = "actif" if party.is_active else "arrêté"
            themes = ",".join(party.themes) or "tous les thèmes"
            algs = f"{party.id_token_alg}/{party.userinfo_alg or 'JSON'}"
            act = " act" if party.accepts_act else ""
            self.stdout.write(
                f"{party.client_id}  {state}  {party.auth_method}  {algs}  {themes}{act}  {party.name}"
            )
