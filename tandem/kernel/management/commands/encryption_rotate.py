"""`encryption_rotate`: encrypt everything again under the first of TANDEM_ENCRYPTION_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from tandem.kernel.rotation import rotate_encryption


class Command(BaseCommand):
    help = "Chiffre de nouveau toutes les valeurs avec la première clé ; peut être interrompu et relancé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=200)

    def handle(self, *args: Any, **options: Any) -> None:
        total = rotate_encryption(options["batch"], self._progress)
        self.stdout.write(
            _("Rotation terminée : %(count)s lignes chiffrées de nouveau.") % {"count": total}
        )

    def _progress(self, table: str, done: int) -> None:
        self.stdout.write(f"  {table} : {done}")
