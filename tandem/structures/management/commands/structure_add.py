"""Open a structure with its first people, and print the links that open their comptes."""

from argparse import ArgumentParser
from email.utils import parseaddr
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tandem.kernel import clock
from tandem.kernel.refusals import Refusal
from tandem.structures.actions import found_structure
from tandem.structures.models import SYSTEM_ACTEUR
from tandem.structures.rules import Invited, Role, StructureDetails, format_siret


def read_person(text: str, role: Role) -> Invited:
    """« Béa Le Goff <bea@exemple.fr> »: the first word is the given name.

    Raises:
        CommandError: no name, or no address.
    """
    name, email = parseaddr(text)
    given, _space, family = name.strip().partition(" ")
    if not (given and family.strip() and "@" in email):
        raise CommandError(f"Écrivez « Prénom Nom <adresse> », et non « {text} ».")
    return Invited(email=email, given_name=given, family_name=family.strip(), role=role)


class Command(BaseCommand):
    help = "Ouvre une structure et invite ses premières personnes, habilitées."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in ("name", "siret", "address", "postcode", "city"):
            parser.add_argument(f"--{name}", required=True)
        for name in ("commune-insee", "phone", "email"):
            parser.add_argument(f"--{name}", default="")
        parser.add_argument("--timezone", default="Europe/Paris")
        parser.add_argument(
            "--referent-email", action="append", required=True, metavar="'Prénom Nom <adresse>'"
        )
        parser.add_argument(
            "--aidant-email", action="append", default=[], metavar="'Prénom Nom <adresse>'"
        )

    def handle(self, **options: Any) -> None:
        people = [read_person(text, Role.REFERENT) for text in options["referent_email"]]
        people += [read_person(text, Role.AIDANT) for text in options["aidant_email"]]
        names = StructureDetails.__dataclass_fields__
        details = StructureDetails(**{name: options[name] for name in names})
        try:
            founded = found_structure(
                acteur=SYSTEM_ACTEUR, details=details, people=people, at=clock.now()
            )
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        structure = founded.structure
        self.stdout.write(
            f"Structure ouverte : {structure.name}, SIRET {format_siret(structure.siret)}"
        )
        self.stdout.write(f"Identifiant : {structure.public_id}")
        for welcomed in founded.people:
            compte = welcomed.affectation.compte
            role = welcomed.affectation.get_role_display()
            how = welcomed.link or "a déjà un compte"
            self.stdout.write(f"{compte.full_name} ({role}) : {how}")
