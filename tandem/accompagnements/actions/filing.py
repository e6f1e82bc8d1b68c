"""A demand leaves: its receipt is kept, or why there is none is said, before it is called filed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements import events
from tandem.accompagnements.actions.demarches import said, write_step
from tandem.accompagnements.actions.doors import (
    AccompagnementRefused,
    Desk,
    at_work,
    identifier,
    line,
    locked_demarche,
    met,
    waved,
)
from tandem.accompagnements.models import DemarcheSuivie, Depot
from tandem.accompagnements.queries import covering_autorisation
from tandem.accompagnements.rules import EtapeKind, Filing, Mode, NoReceipt, Step
from tandem.fichiers.actions import store_file
from tandem.journal.actions import record_all
from tandem.journal.rules import Fact
from tandem.kernel.text import clean_line
from tandem.mandats.models import Autorisation
from tandem.mandats.rules import Presence
from tandem.referentiels.queries import declared_form
from tandem.structures.models import Acteur
from tandem.usagers.actions import refuse_beside_another
from tandem.usagers.models import Usager
from tandem.usagers.queries import use_refusal
from tandem.usagers.rules import Capability, rung_allows

RECEIPT_OWNER = "depot"


@transaction.atomic
def file_demarche(
    *,
    acteur: Acteur,
    demarche_suivie: DemarcheSuivie,
    filing: Filing,
    at: datetime,
    key: UUID | None = None,
    overridden: Sequence[str] = (),
) -> Depot:
    """The demand is sent; the administration moves next, unless said otherwise. The same `key` files it once.

    Raises:
        AccompagnementRefused: closed; neither receipt nor reason, or both; done in the person's place without
            knowing who they are, or in their absence without a mandat that allows it (P-05).
    """
    desk = at_work(acteur)
    row = locked_demarche(acteur, demarche_suivie)
    public_id = identifier(desk, key, row.public_id)
    former = Depot.objects.filter(public_id=public_id, demarche_suivie=row).first()
    if former is not None:
        return former
    autorisation = covering_autorisation(row, at=at)
    if refusal := filing_refusal(row, filing, autorisation, at=at):
        raise AccompagnementRefused(refusal)
    depot = _keep(row, desk, filing, public_id, at)
    _mark_filed(row, filing, autorisation, at)
    way = filing.way
    write_step(row, desk, Step(EtapeKind.FILED, filing.text, way), at)
    met(row.usager, way.presence, at)
    facts: dict[str, Fact] = {
        "means": str(filing.means),
        "receipt": filing.receipt is not None,
        "no_receipt": str(filing.no_receipt_reason),
        **said(way),
        **waved(overridden),
    }
    record_all([line(events.DEMARCHE_FILED, acteur, row, at, **facts)])
    return depot


def _mark_filed(
    row: DemarcheSuivie, filing: Filing, autorisation: Autorisation | None, at: datetime
) -> None:
    """It is sent: what was asked of the person has no date any more, and the line used is kept."""
    if row.filed_at is None or not filing.again:
        row.filed_at = at
    row.next_move, row.asked_by_on = filing.next_move, None
    row.mode, row.presence = filing.way.mode, filing.way.presence
    if filing.way.mode == Mode.A_SA_PLACE:
        row.autorisation = autorisation
    changed = ["filed_at", "next_move", "asked_by_on", "mode", "presence", "autorisation"]
    row.save(update_fields=changed)


def _keep(row: DemarcheSuivie, desk: Desk, filing: Filing, public_id: UUID, at: datetime) -> Depot:
    """The row of the filing, and its receipt encrypted."""
    stored = None
    if filing.receipt is not None:
        stored = store_file(
            content=filing.receipt.content,
            name=filing.receipt.name,
            media_type=filing.receipt.media_type,
            owner=(RECEIPT_OWNER, public_id),
            at=at,
        )
    return Depot.objects.create(
        public_id=public_id,
        demarche_suivie=row,
        filed_at=at,
        filed_by=desk.affectation,
        means=filing.means,
        number=clean_line(filing.number),
        receipt=stored,
        no_receipt_reason=filing.no_receipt_reason,
    )


def filing_refusal(
    row: DemarcheSuivie, filing: Filing, autorisation: Autorisation | None, *, at: datetime
) -> str | None:
    """Why it is not filed now, in words; None when nothing stands in the way."""
    if row.closed_at is not None:
        return _("Cette démarche est terminée. Rouvrez-la pour la reprendre.")
    if (filing.receipt is None) == (filing.no_receipt_reason not in NoReceipt.values):
        return _("Ajoutez la preuve du dépôt, ou dites pourquoi il n’y en a pas.")
    if not filing.agreed and _is_declared(row):
        return _(
            "Cette déclaration se relit d’abord avec la personne. Ouvrez « Faire la déclaration »."
        )
    absent = filing.way.presence == Presence.ABSENCE
    if filing.way.mode != Mode.A_SA_PLACE:
        return _("La personne est absente : vous ne le faites pas avec elle.") if absent else None
    if absent and (autorisation is None or Presence.ABSENCE not in autorisation.presence_allowed):
        return _("Aucun mandat ne permet d’agir en son absence pour cette démarche.")
    return _in_their_place(row.usager, at)


def _is_declared(row: DemarcheSuivie) -> bool:
    """What a person declares every so often leaves only once they have said yes to it (P-17)."""
    if row.usager is None or row.demarche is None:
        return False
    return declared_form(row.demarche.slug) is not None


def _in_their_place(usager: Usager | None, at: datetime) -> str | None:
    """Nobody acts for someone unknown, nor for someone whose file is stopped (P-32, P-36)."""
    if usager is None:
        return _("Pour agir à la place de quelqu’un, dites d’abord de qui il s’agit.")
    if stopped := use_refusal(usager, at):
        return stopped
    if not _is_known(usager, at):
        return _(
            "Cette personne a seulement dit son nom : faites la démarche avec elle, "
            "ou établissez d’abord son identité sur sa fiche."
        )
    return None


def _is_known(usager: Usager, at: datetime) -> bool:
    """More than a name said: enough to act in the person's place (P-32)."""
    since = usager.rung_established_at
    return rung_allows(usager.rung, Capability.FOLLOW_UP, established_at=since, at=at)


@transaction.atomic
def record_receipt_reading(*, acteur: Acteur, depot: Depot, at: datetime) -> None:
    """A receipt was opened: one line, which the person may read (P-11).

    Raises:
        BesideAnother: the person beside the screen is another one (P-28).
    """
    at_work(acteur)
    if depot.demarche_suivie.usager is not None:
        refuse_beside_another(acteur=acteur, usager=depot.demarche_suivie.usager)
    record_all([line(events.RECEIPT_READ, acteur, depot.demarche_suivie, at)])
