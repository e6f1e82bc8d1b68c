"""tandem compte operator ADRESSE --prenom … --nom …"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tandem.comptes.actions import InvitationRefused, invite_compte
from tandem.journal.rules import SYSTEM
from tandem.kernel import clock


class Command(BaseCommand):
    help = "Créer un compte d'exploitant et donner son lien d'activation (sept jours, une fois)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("adresse")
        parser.add_argument("--prenom", required=True)
        parser.add_argument("--nom", required=True)
        parser.add_argument("--telephone", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Call one action."""
        try:
            invitation = invite_compte(
                email=options["adresse"],
                given_name=options["prenom"],
                family_name=options["nom"],
                phone=options["telephone"] or "",
                is_operator=True,
                author=SYSTEM,
                at=clock.now(),
            )
        except InvitationRefused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            "Compte d'exploitant créé. Lien d'activation, à remettre à cette personne :"
        )
        self.stdout.write(invitation.link)
