"""Reads of acces. Every entry point takes the acteur."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tandem.acces.models import Acces
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.queries import usagers_visible_to


class AccesUnknown(Refusal):
    """No such account among those of the people the acteur sees."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Cette page n’existe pas dans votre structure."))


def acces_visible_to(acteur: Acteur) -> QuerySet[Acces]:
    """Those of the people this acteur sees, the latest first (P-10)."""
    return (
        Acces.objects.filter(usager__in=usagers_visible_to(acteur))
        .select_related("usager__structure", "opened_by__compte")
        .order_by("-opened_at", "-pk")
    )


def acces_for(acteur: Acteur, public_id: UUID) -> Acces:
    """One of them.

    Raises:
        AccesUnknown: not visible to this acteur.
    """
    row = acces_visible_to(acteur).filter(public_id=public_id).first()
    if row is None:
        raise AccesUnknown
    return row


def acces_of(acteur: Acteur, usager: Usager) -> QuerySet[Acces]:
    """Those of one person."""
    return acces_visible_to(acteur).filter(usager=usager)


def open_twice(*, kept: Usager, merged: Usager, **_signal: object) -> list[str]:
    """Why two files of one person cannot be one: the same account is being opened on both."""
    ours = Acces.objects.filter(usager=kept, ended_at=None).order_by("pk")
    theirs = Acces.objects.filter(usager=merged, ended_at=None).order_by("pk")
    pairs = {(row.service, row.road) for row in ours} & {(row.service, row.road) for row in theirs}
    if not pairs:
        return []
    return [
        _(
            "Le même compte est en cours de création ou de récupération dans les deux dossiers : terminez-en un."
        )
    ]
