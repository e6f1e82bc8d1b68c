"""`journal_checkpoint`: sign today's heads, and print what is worth keeping elsewhere."""

from typing import Any

from django.core.management.base import BaseCommand

from tandem.journal.actions import sign_checkpoint
from tandem.kernel import clock


class Command(BaseCommand):
    help = (
        "Signe la tête de toutes les chaînes (une fois par jour) et affiche le point de contrôle."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        checkpoint = sign_checkpoint(at=clock.now())
        self.stdout.write(checkpoint.statement)
        self.stdout.write(f"key: {checkpoint.key.public_key}")
        self.stdout.write(f"signature: {checkpoint.signature}")
