"""Two-step reception: a colleague takes over with everything that is written."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements import events
from tandem.accompagnements.actions.brouillons import drop_brouillon
from tandem.accompagnements.actions.demarches import write_step
from tandem.accompagnements.actions.doors import (
    AccompagnementRefused,
    at_work,
    line,
    locked_besoin,
    locked_demarche,
    waved,
)
from tandem.accompagnements.models import Besoin, DemarcheSuivie, Relais
from tandem.accompagnements.permissions import may_receive
from tandem.accompagnements.rules import EtapeKind, Page, RelaisReason, Step, page_key
from tandem.journal.actions import record_all
from tandem.journal.rules import Fact
from tandem.kernel.text import clean_text
from tandem.structures.models import Acteur, Affectation


@transaction.atomic
def hand_over(
    *,
    acteur: Acteur,
    what: Besoin | DemarcheSuivie,
    to: Affectation,
    reason: RelaisReason,
    at: datetime,
    words: str = "",
    overridden: Sequence[str] = (),
) -> Relais:
    """Give a demand or a démarche to a colleague, who holds it from now; the same asked twice is done once (S-24).

    Raises:
        AccompagnementRefused: closed, to oneself, or to someone who may not act here or does not see the person.
    """
    desk = at_work(acteur)
    is_besoin = isinstance(what, Besoin)
    row = locked_besoin(acteur, what) if isinstance(what, Besoin) else locked_demarche(acteur, what)
    if row.closed_at is not None:
        raise AccompagnementRefused(_("C’est terminé : il n’y a plus rien à passer."))
    if to.pk == desk.affectation.pk:
        raise AccompagnementRefused(_("Choisissez un collègue."))
    if not may_receive(to, row):
        raise AccompagnementRefused(_("Cette personne ne peut pas reprendre cette demande."))
    waiting = row.relais.filter(taken_at=None).first()
    if waiting is not None and waiting.to_affectation_id == to.pk:
        return waiting
    if waiting is not None:
        waiting.delete()
    row.held_by, row.moved_at = to, at
    row.save(update_fields=["held_by", "moved_at"])
    relais = Relais.objects.create(
        structure=row.structure, from_affectation=desk.affectation, to_affectation=to, reason=reason,
        words=clean_text(words), at=at, **{"besoin" if is_besoin else "demarche_suivie": row},
    )  # fmt: skip
    if isinstance(row, DemarcheSuivie):
        write_step(row, desk, Step(EtapeKind.HANDED, words), at)
    drop_brouillon(affectation=desk.affectation, page=page_key(Page.RELAIS, row.public_id))
    facts: dict[str, Fact] = {"reason": str(reason), "to": f"affectation:{to.public_id}"}
    record_all([line(events.HANDED_OVER, acteur, row, at, **facts, **waved(overridden))])
    return relais


@transaction.atomic
def take_relais(*, acteur: Acteur, relais: Relais, at: datetime) -> Relais:
    """The colleague has it in hand: it leaves their home. Asked twice, it is taken once."""
    desk = at_work(acteur)
    if relais.to_affectation_id != desk.affectation.pk:
        raise AccompagnementRefused(_("Cette demande a été passée à quelqu’un d’autre."))
    taken = Relais.objects.filter(pk=relais.pk, taken_at=None).update(taken_at=at)
    if taken:
        record_all([line(events.RELAIS_TAKEN, acteur, relais.what, at)])
    return relais
