"""Two files brought together by mistake are two again: what moved goes back, what was made since stays."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from tandem.comptes.actions import use_gesture, verify_gesture
from tandem.comptes.rules import GestureResponse
from tandem.rapprochements import events, permissions, queries
from tandem.rapprochements.actions.merging import MergeRefused, NotAllowed, say, trace
from tandem.rapprochements.models import Rapprochement
from tandem.rapprochements.rules import separate_act
from tandem.rapprochements.signals import usagers_separated
from tandem.rapprochements.states import Change, put_back
from tandem.structures.models import Acteur
from tandem.usagers.actions.doors import at_work, lock
from tandem.usagers.actions.identity import index_names
from tandem.usagers.models import Suivi, Usager


def separate_usagers(
    *, acteur: Acteur, rapprochement: Rapprochement, response: GestureResponse, at: datetime
) -> Rapprochement:
    """Put everything back as it stood, except what was made since: it stays on the file kept. Done already: given back.

    A state that someone changed since (a file opened again, a death corrected) stays as they left it.

    Raises:
        MergeRefused: one of the files is erased.
        NotAllowed: the acteur does not see the file kept, or it is itself hidden behind another.
        GestureRefused: no valid second factor for this act.
    """
    desk = at_work(acteur)
    act = separate_act(rapprochement.public_id)
    gesture = verify_gesture(compte=desk.compte, act=act, response=response, at=at)
    with transaction.atomic():
        # The file kept before what is hidden behind it, as erasing does.
        kept, merged = lock(rapprochement.kept), lock(rapprochement.merged)
        row = Rapprochement.objects.select_for_update(of=("self",)).get(pk=rapprochement.pk)
        if not permissions.may_separate(acteur, kept):
            raise NotAllowed
        if row.undone_at is not None:
            return row
        use_gesture(gesture=gesture, compte=desk.compte, act=act, at=at)
        if merged.erased_at is not None:
            raise MergeRefused(_("Un des deux dossiers est effacé : il ne peut pas revenir."))
        row.kept, row.merged = kept, merged
        row.undone_at, row.undone_by = at, desk.affectation
        _put_back(row, at)
        trace(events.SEPARATED, acteur, row, at)
    return row


def _put_back(row: Rapprochement, at: datetime) -> None:
    kept, merged = row.kept, row.merged
    moved = [(str(label), int(pk)) for label, pk in row.moved]
    usagers_separated.send(sender=Rapprochement, kept=kept, merged=merged, moved=moved)
    _bring_suivis_back(kept, merged, row.set_aside, at)
    for made in row.changes:
        _restore(kept, made)
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    row.save(update_fields=["undone_at", "undone_by"])
    for usager in (kept, merged):
        index_names(usager)
    say(
        row,
        message=_("Vos dossiers sont séparés"),
        body=_(
            "Bonjour, deux dossiers réunis par erreur sont de nouveau séparés. "
            "Une question ? Appelez votre aidant, ou allez le voir."
        ),
        key=f"rapprochements.separated:{row.public_id}",
        at=at,
    )


def _restore(kept: Usager, made: Change) -> None:
    if made["label"] == kept._meta.label:
        put_back(kept, made)
        return
    row = apps.get_model(made["label"])._base_manager.filter(pk=made["pk"]).first()
    if row is not None:
        put_back(row, made)


def _bring_suivis_back(
    kept: Usager, merged: Usager, set_aside: Iterable[Any], at: datetime
) -> None:
    """Who followed the file kept alone follows it again; put in charge again meanwhile, once is enough."""
    rows = Suivi.objects.filter(pk__in=[pk for _label, pk in set_aside], usager=merged)
    there = queries.live_suivis(kept).values("affectation")
    for suivi in rows.exclude(affectation__in=there).order_by("pk"):
        suivi.usager = kept
        suivi.save(update_fields=["usager"])
    rows.filter(usager=merged, ended_at=None).update(ended_at=at)
