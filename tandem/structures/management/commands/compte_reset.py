"""tandem compte reset ADRESSE --demande-par … --approuve-par … --preuve met|piece_seen|video"""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tandem.comptes import queries
from tandem.comptes.actions import GestureRefused, ResetRefused, reset_compte
from tandem.comptes.models import Compte
from tandem.comptes.rules import GestureResponse, IdentityProof
from tandem.kernel import clock
from tandem.structures.queries import referents_over
from tandem.ui.rules import moment_words


class Command(BaseCommand):
    help = (
        "Remettre à zéro les moyens de connexion d'un compte. Deux personnes nommées, exploitants ou "
        "référents d'une structure où travaille la personne, donnent chacune un code de leur "
        "application. La personne concernée est prévenue ; vingt-quatre heures après, elle seule "
        "reçoit un lien."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("adresse", help="le compte de la personne qui a perdu l'accès")
        parser.add_argument("--demande-par", required=True, help="adresse de la première personne")
        parser.add_argument("--approuve-par", required=True, help="adresse de la seconde personne")
        parser.add_argument(
            "--preuve",
            required=True,
            choices=IdentityProof.values,
            help="comment l'identité a été vérifiée : rencontre, pièce vue, appel vidéo",
        )
        parser.add_argument("--code-demande", help="demandé au clavier s'il manque")
        parser.add_argument("--code-approuve", help="demandé au clavier s'il manque")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Call one action."""
        if options["preuve"] not in IdentityProof.values:
            raise CommandError("--preuve : met, piece_seen ou video")
        target = self._compte(options["adresse"])
        author = self._compte(options["demande_par"])
        approver = self._compte(options["approuve_par"])
        try:
            reset = reset_compte(
                target=target,
                author=author,
                approver=approver,
                proof=IdentityProof(options["preuve"]),
                author_response=self._code("demande", options["code_demande"]),
                approver_response=self._code("approuve", options["code_approuve"]),
                at=clock.now(),
                referents=referents_over(target),
            )
        except (ResetRefused, GestureRefused) as refusal:
            raise CommandError(refusal.message) from refusal
        assert reset.effective_at is not None  # noqa: S101 - just approved
        when = moment_words(timezone.localtime(reset.effective_at))
        self.stdout.write(
            f"La personne est prévenue. Remise à zéro le {when}, sauf si elle refuse."
        )

    @staticmethod
    def _compte(email: str) -> Compte:
        compte = queries.compte_by_email(email)
        if compte is None:
            raise CommandError("Aucun compte n'a l'une de ces adresses.")
        return compte

    @staticmethod
    def _code(who: str, given: str | None) -> GestureResponse:
        words = {"demande": "qui demande", "approuve": "qui approuve"}[who]
        return GestureResponse(given or getpass.getpass(f"Code de la personne {words} : "))
