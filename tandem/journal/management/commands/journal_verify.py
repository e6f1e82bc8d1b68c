"""`journal_verify`: is the journal whole? Leaves with 1 when it is not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from tandem.journal.verification import CHECKPOINTS, Report, verify_journal

_EVERY = 100_000


class Command(BaseCommand):
    help = "Vérifie tout le journal et nomme la première ligne fausse de chaque chaîne."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_journal(self._progress)
        self._tell(report)
        if not report.is_whole:
            sys.exit(1)

    def _progress(self, entries: int) -> None:
        if entries % _EVERY == 0:
            self.stdout.write(_("  %(entries)s lignes lues…") % {"entries": entries})

    def _tell(self, report: Report) -> None:
        for found in report.breaks:
            place = _("Points de contrôle") if found.chain == CHECKPOINTS else found.chain
            self.stderr.write(f"{place} : {found.sentence}.")
        said = {
            "entries": report.entries,
            "chains": report.chains,
            "checkpoints": report.checkpoints,
        }
        read = (
            _("%(entries)s lignes, %(chains)s chaînes, %(checkpoints)s points de contrôle") % said
        )
        if report.is_whole:
            self.stdout.write(_("Journal intact : %(read)s.") % {"read": read})
        else:
            self.stderr.write(_("JOURNAL ALTÉRÉ : %(read)s.") % {"read": read})
