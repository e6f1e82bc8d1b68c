"""Reads of letters and post. No row without the question « visible to whom? »: as the person is, so is their post."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import demarches_of
from tandem.courriers.models import Courrier, Lettre, LettreVersion
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.queries import is_seen_by

# What a list of choices can hold.
_CHOICES: Final = 50


class CourrierUnknown(Refusal):
    """No such letter or post among those the acteur may see: a stranger learns nothing more."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Ce courrier n’est pas connu dans votre structure."))


def lettres_visible_to(acteur: Acteur) -> QuerySet[Lettre]:
    """The letters of the people this acteur sees, the latest first."""
    return (
        Lettre.objects.filter(is_seen_by(acteur, "usager"))
        .select_related("usager__structure", "created_by__compte", "demarche_suivie__demarche")
        .order_by("-created_at", "-pk")
    )


def lettre_visible_to(acteur: Acteur, public_id: UUID) -> Lettre:
    """One letter.

    Raises:
        CourrierUnknown: not visible to this acteur, whatever the reason.
    """
    lettre = lettres_visible_to(acteur).filter(public_id=public_id).first()
    if lettre is None:
        raise CourrierUnknown
    return lettre


def lettres_of(acteur: Acteur, usager: Usager) -> QuerySet[LettreVersion]:
    """The letters of one person as they stand now: their last versions, the latest written first."""
    return (
        LettreVersion.objects.filter(
            is_seen_by(acteur, "lettre__usager"),
            lettre__usager=usager,
            number=F("lettre__number"),
        )
        .select_related("lettre", "written_by__compte")
        .order_by("-written_at", "-pk")
    )


def current_version(lettre: Lettre) -> LettreVersion:
    """What a letter says now."""
    return versions_of(lettre).get(number=lettre.number)


def versions_of(lettre: Lettre) -> QuerySet[LettreVersion]:
    """Each save of a letter already fetched for the acteur, the last first."""
    return (
        LettreVersion.objects.filter(lettre=lettre)
        .select_related("lettre__usager__structure", "written_by__compte")
        .order_by("-number")
    )


def version_visible_to(acteur: Acteur, public_id: UUID) -> LettreVersion:
    """One version of one letter.

    Raises:
        CourrierUnknown: not visible to this acteur, whatever the reason.
    """
    version = (
        LettreVersion.objects.filter(
            lettre__in=lettres_visible_to(acteur).values("pk"), public_id=public_id
        )
        .select_related("lettre__usager__structure", "written_by__compte")
        .first()
    )
    if version is None:
        raise CourrierUnknown
    return version


def courriers_visible_to(acteur: Acteur) -> QuerySet[Courrier]:
    """The post of the people this acteur sees, the latest received first."""
    return (
        Courrier.objects.filter(is_seen_by(acteur, "usager"))
        .select_related(
            "usager__structure",
            "logged_by__compte",
            "scan",
            "echeance",
            "demarche_suivie__demarche",
        )
        .order_by("-received_on", "-pk")
    )


def courrier_visible_to(acteur: Acteur, public_id: UUID) -> Courrier:
    """One piece of post.

    Raises:
        CourrierUnknown: not visible to this acteur, whatever the reason.
    """
    courrier = courriers_visible_to(acteur).filter(public_id=public_id).first()
    if courrier is None:
        raise CourrierUnknown
    return courrier


def courriers_of(acteur: Acteur, usager: Usager) -> QuerySet[Courrier]:
    """The post of one person."""
    return courriers_visible_to(acteur).filter(usager=usager)


def waiting_courriers(acteur: Acteur, *, until: date, limit: int = 5) -> Sequence[Courrier]:
    """Post whose next step falls due by that day, is not done, and stands in no list of dates; the oldest first.

    For the home, beside the dates. Names people: the caller shows nothing of it while someone looks at the
    screen (P-28).
    """
    return list(courriers_waiting(acteur, until=until)[:limit])


def courriers_waiting(acteur: Acteur, *, until: date) -> QuerySet[Courrier]:
    """The same, still to be fetched."""
    rows = courriers_visible_to(acteur).filter(
        structure=acteur.structure, settled_at=None, echeance=None, due_on__lte=until
    )
    return rows.order_by("due_on", "pk")


@dataclass(frozen=True)
class PersonPost:
    """The last letters and the last post of one person, for their page."""

    lettres: Sequence[LettreVersion]
    courriers: Sequence[Courrier]


def post_of(acteur: Acteur, usager: Usager, *, limit: int = 3) -> PersonPost:
    """What the page of a person shows of this room, in two queries."""
    return PersonPost(
        lettres=list(lettres_of(acteur, usager)[:limit]),
        courriers=list(courriers_of(acteur, usager)[:limit]),
    )


def demarches_to_serve(
    acteur: Acteur, usager: Usager, *, kept: DemarcheSuivie | None = None
) -> Sequence[DemarcheSuivie]:
    """The démarches a letter or post may serve: followed for this person and not closed, and the one kept so far."""
    rows = list(demarches_of(acteur, usager).filter(closed_at=None)[:_CHOICES])
    return rows if kept is None or kept in rows else [*rows, kept]
