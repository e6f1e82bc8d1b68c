"""`purge`: each room forgets the technical data it has no more use for."""

from typing import Any

from django.core.management.base import BaseCommand

from tandem.kernel import clock, periodic


class Command(BaseCommand):
    """Runs now, once each, the purges that rooms declare as periodic jobs."""

    help = "Efface les données techniques dont la durée est passée, dans chaque domaine."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Name each purge and say what it did."""
        at = clock.now()
        for name, job in sorted(periodic.jobs().items()):
            room, _, work = name.partition(".")
            if work.startswith("purge"):
                self.stdout.write(f"{room} : {job.run(at)}")
