"""Stop a relying party, at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tandem.journal.rules import SYSTEM
from tandem.kernel import clock
from tandem.oidc_provider.actions import RelyingPartyRefused, disable_relying_party


class Command(BaseCommand):
    help = "Arrête un service : rien ne lui est plus remis, connexions en cours comprises."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client_id")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            party = disable_relying_party(
                author=SYSTEM, client_id=options["client_id"], at=clock.now()
            )
        except RelyingPartyRefused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"Service arrêté : {party.client_id}")
