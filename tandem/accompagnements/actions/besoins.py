"""What someone wants, noted first: one sentence is enough, a name comes later or never."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements import events
from tandem.accompagnements.actions.brouillons import drop_brouillon
from tandem.accompagnements.actions.doors import (
    AccompagnementRefused,
    at_work,
    identifier,
    line,
    locked_besoin,
    waved,
)
from tandem.accompagnements.models import Besoin, DemarcheSuivie
from tandem.accompagnements.rules import CloseKind, Page, page_key
from tandem.journal.actions import record_all
from tandem.kernel.text import clean_text
from tandem.structures.models import Acteur
from tandem.usagers.actions import declare_usager, record_contact
from tandem.usagers.models import Usager
from tandem.usagers.permissions import may_act_on


@transaction.atomic
def open_besoin(
    *,
    acteur: Acteur,
    words: str,
    at: datetime,
    usager: Usager | None = None,
    key: UUID | None = None,
    overridden: Sequence[str] = (),
) -> Besoin:
    """Note what the person wants, in their words, with a name or without. The same `key` twice notes it once.

    Raises:
        AccompagnementRefused: not a word.
    """
    desk = at_work(acteur)
    said = clean_text(words)
    if not said:
        raise AccompagnementRefused(_("Écrivez ce que la personne veut : une phrase suffit."))
    if usager is not None:
        require_person(acteur, usager)
    besoin, created = Besoin.objects.get_or_create(
        public_id=identifier(desk, key, None if usager is None else usager.public_id, said),
        defaults={
            "structure": desk.structure, "usager": usager, "words": said, "opened_at": at, "moved_at": at,
            "opened_by": desk.affectation, "held_by": desk.affectation,
        },
    )  # fmt: skip
    if created:
        if usager is not None:
            record_contact(usager=usager, at=at)
        drop_brouillon(affectation=desk.affectation, page=besoin_page(usager))
        record_all([line(events.BESOIN_OPENED, acteur, besoin, at, **waved(overridden))])
    return besoin


def besoin_page(usager: Usager | None) -> str:
    """The page where a demand is noted, each person's apart: nothing typed for one is found beside another (P-28)."""
    return page_key(Page.BESOIN, None if usager is None else usager.public_id)


def require_person(acteur: Acteur, usager: Usager) -> None:
    """AccompagnementRefused for someone the acteur does not see (P-10)."""
    if not may_act_on(acteur, usager):
        raise AccompagnementRefused(_("Cette personne n’est pas suivie dans votre structure."))


@transaction.atomic
def name_besoin(*, acteur: Acteur, besoin: Besoin, usager: Usager, at: datetime) -> Besoin:
    """Say whose demand it is; the démarches opened from it follow, nothing is typed again.

    Raises:
        AccompagnementRefused: it is another person's already.
    """
    require_person(acteur, usager)
    row = locked_besoin(acteur, besoin)
    if row.usager_id == usager.pk:
        return row
    if row.usager_id is not None:
        raise AccompagnementRefused(_("Cette demande est déjà celle d’une autre personne."))
    row.usager, row.moved_at = usager, at
    row.save(update_fields=["usager", "moved_at"])
    lines = [line(events.BESOIN_NAMED, acteur, row, at)]
    for followed in DemarcheSuivie.objects.select_for_update(of=("self",)).filter(
        besoin=row, usager=None
    ):
        followed.usager = usager
        followed.save(update_fields=["usager"])
        lines.append(line(events.DEMARCHE_NAMED, acteur, followed, at))
    record_contact(usager=usager, at=at)
    record_all(lines)
    return row


@transaction.atomic
def name_besoin_declared(
    *, acteur: Acteur, besoin: Besoin, given_names: str, family_name: str, at: datetime
) -> Besoin:
    """The same, for someone the structure does not know yet: a file is opened on what they say (P-32).

    Raises:
        UsagerRefused: no name.
        AccompagnementRefused: it is another person's already.
    """
    row = locked_besoin(acteur, besoin)
    if row.usager is not None:
        raise AccompagnementRefused(_("Cette demande a déjà un nom."))
    usager = declare_usager(acteur=acteur, given_names=given_names, family_name=family_name, at=at)
    return name_besoin(acteur=acteur, besoin=row, usager=usager, at=at)


@transaction.atomic
def close_besoin(*, acteur: Acteur, besoin: Besoin, kind: CloseKind, at: datetime) -> Besoin:
    """Nothing more to do about it.

    Raises:
        AccompagnementRefused: already closed.
    """
    row = locked_besoin(acteur, besoin)
    if row.closed_at is not None:
        raise AccompagnementRefused(_("Cette demande est déjà terminée."))
    row.closed_at, row.close_kind, row.moved_at = at, kind, at
    row.save(update_fields=["closed_at", "close_kind", "moved_at"])
    row.relais.filter(taken_at=None).delete()
    record_all([line(events.BESOIN_CLOSED, acteur, row, at, kind=str(kind))])
    return row


@transaction.atomic
def reopen_besoin(*, acteur: Acteur, besoin: Besoin, at: datetime) -> Besoin:
    """It was closed too soon.

    Raises:
        AccompagnementRefused: it is open.
    """
    row = locked_besoin(acteur, besoin)
    if row.closed_at is None:
        raise AccompagnementRefused(_("Cette demande est déjà ouverte."))
    row.closed_at, row.close_kind, row.moved_at = None, "", at
    row.save(update_fields=["closed_at", "close_kind", "moved_at"])
    record_all([line(events.BESOIN_REOPENED, acteur, row, at)])
    return row
