"""Close a structure: nobody acts for it any more."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tandem.kernel import clock
from tandem.kernel.refusals import Refusal
from tandem.structures.actions import close_structure
from tandem.structures.models import SYSTEM_ACTEUR
from tandem.structures.queries import structure_by_public_id


class Command(BaseCommand):
    help = "Ferme une structure : plus personne n’agit en son nom, sur aucun mandat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("identifiant", help="identifiant donné à l’ouverture")

    def handle(self, **options: Any) -> None:
        try:
            structure = structure_by_public_id(options["identifiant"])
            close_structure(acteur=SYSTEM_ACTEUR, structure=structure, at=clock.now())
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"Structure fermée : {structure.name}")
