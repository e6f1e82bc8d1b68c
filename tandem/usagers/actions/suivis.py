"""Who, in the structure, sees the person (P-10)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.journal.actions import record_all
from tandem.journal.rules import Line
from tandem.structures.models import Acteur, Affectation
from tandem.usagers import events, permissions
from tandem.usagers.actions.doors import UsagerRefused, at_work, locked, subject_of, trace
from tandem.usagers.actions.identity import follow
from tandem.usagers.models import Suivi, Usager
from tandem.usagers.queries import suivis_of


@transaction.atomic
def set_team_access(*, acteur: Acteur, usager: Usager, team_access: bool, at: datetime) -> Usager:
    """Open the file to every habilité of the structure, or keep it to those who follow the person.

    Whoever keeps it to the followers is one of them: nobody is left outside their own decision.

    Raises:
        UsagerRefused: it is already so.
    """
    desk = at_work(acteur)
    row = locked(acteur, usager)
    if row.team_access == team_access:
        raise UsagerRefused(_("Le dossier est déjà réglé ainsi."))
    row.team_access = team_access
    row.save(update_fields=["team_access"])
    changed = Line(
        events.TEAM_ACCESS_CHANGED,
        acteur.author,
        subject_of(row),
        at,
        row.public_id,
        {"team_access": team_access},
    )
    started = not team_access and follow(row, desk.affectation, at)
    record_all([changed, _started(acteur, row, desk.affectation, at)] if started else [changed])
    return row


@transaction.atomic
def start_suivi(*, acteur: Acteur, usager: Usager, affectation: Affectation, at: datetime) -> Suivi:
    """Put a colleague in charge of the person too.

    Raises:
        UsagerRefused: the colleague is elsewhere, gone, not habilité, or already follows the person.
    """
    row = locked(acteur, usager)
    if not permissions.may_follow(affectation, row):
        raise UsagerRefused(_("Cette personne ne peut pas suivre quelqu’un dans votre structure."))
    if not follow(row, affectation, at):
        raise UsagerRefused(_("Cet aidant suit déjà la personne."))
    line = _started(acteur, row, affectation, at)
    record_all([line])
    return Suivi.objects.get(usager=row, affectation=affectation, ended_at=None)


def _started(acteur: Acteur, usager: Usager, affectation: Affectation, at: datetime) -> Line:
    return Line(
        events.SUIVI_STARTED,
        acteur.author,
        subject_of(usager),
        at,
        usager.public_id,
        {"affectation": str(affectation.public_id)},
    )


@transaction.atomic
def end_suivi(*, acteur: Acteur, usager: Usager, suivi: Suivi, at: datetime) -> None:
    """An aidant no longer follows the person.

    Raises:
        UsagerRefused: already ended, or nobody would see the person any more.
    """
    row = locked(acteur, usager)
    others = suivis_of(row).exclude(pk=suivi.pk)
    if not row.team_access and not others.exists():
        raise UsagerRefused(
            _("Plus personne ne verrait ce dossier. Désignez d’abord un autre aidant.")
        )
    if not Suivi.objects.filter(pk=suivi.pk, usager=row, ended_at=None).update(ended_at=at):
        raise UsagerRefused(_("Cet aidant ne suit déjà plus la personne."))
    trace(
        events.SUIVI_ENDED, acteur, row, at, facts={"affectation": str(suivi.affectation.public_id)}
    )
