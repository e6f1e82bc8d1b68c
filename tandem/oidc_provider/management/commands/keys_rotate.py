"""Make new signing keys; the old ones stay published while peers learn the new."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tandem.journal.rules import SYSTEM
from tandem.kernel import clock
from tandem.oidc_provider.actions import rotate_keys


class Command(BaseCommand):
    help = "Renouvelle les clés de signature du fournisseur d’identité."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--tout-de-suite",
            action="store_true",
            help="l’ancienne clé a pu fuir : elle ne signe plus et n’est plus publiée",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        for key in rotate_keys(author=SYSTEM, at=clock.now(), at_once=options["tout_de_suite"]):
            self.stdout.write(
                f"{key.alg} {key.kid} signe à partir de {key.signs_from:%Y-%m-%d %H:%M} UTC"
            )
