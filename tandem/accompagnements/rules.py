"""Choices and pure rules of accompagnements: no database, no clock, no request."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tandem.fichiers.rules import CheckedFile
from tandem.mandats.rules import Presence

# Two years after the last contact (CNIL 2023-095); what never had a name leaves sooner (P-20).
FOLLOW_UP_KEPT: Final = timedelta(days=730)
NAMELESS_KEPT: Final = timedelta(days=182)
# What is being typed is found again during a day.
BROUILLON_KEPT: Final = timedelta(hours=24)
# A tap too many is taken back during this time.
UNDO_DELAY: Final = timedelta(minutes=15)
LIST_PAGE: Final = 25
# Offered first, and with a sheet of their own: what desks are asked for most.
FREQUENT: Final = (
    "caf-declaration-trimestrielle-rsa", "caf-declaration-trimestrielle-prime-activite",
    "france-travail-actualisation", "declaration-revenus", "ameli-carte-vitale", "ameli-css", "caf-rsa-demande",
    "caf-aide-logement", "logement-social-demande", "retraite-demande", "titre-sejour-renouvellement",
    "carte-identite-pre-demande",
)  # fmt: skip
# A sentence of a person, an account of a step: longer is a document.
WORDS_MAX: Final = 4_000
LINE_MAX: Final = 200
PIECES_MAX: Final = 40


class Mode(TextChoices):
    """Who does it: the way from « je fais » to « j'accompagne » is read in the counts (P-05)."""

    ENSEMBLE = "ensemble", _("ensemble")
    A_SA_PLACE = "a_sa_place", _("à sa place")
    SEULE = "seule", _("elle seule, moi à côté")


class NextMove(TextChoices):
    """Who must act now."""

    PERSON = "person", _("la personne")
    AIDANT = "aidant", _("l’aidant")
    ADMINISTRATION = "administration", _("le service")


class AideKind(TextChoices):
    """Simple help: no identity, no mandat (P-02)."""

    IMPRESSION = "impression", _("Imprimer")
    NUMERISATION = "numerisation", _("Scanner")
    COURRIEL = "courriel", _("Un courriel n’arrive pas")
    PHOTOS = "photos", _("Retrouver des photos")
    TELEPHONE = "telephone", _("Régler un téléphone")
    ORIENTATION = "orientation", _("Dire où aller")
    RENDEZ_VOUS = "rendez_vous", _("Prendre un rendez-vous")
    AUTRE = "autre", _("Autre coup de main")
    ESPACE = "espace", _("Regarder son espace en ligne")
    FORMULAIRE = "formulaire", _("Remplir un formulaire")
    PAIEMENT = "paiement", _("Payer ou lire un compte")


# They touch financial or personal data: a habilité aidant alone gives them.
SENSITIVE_KINDS: Final = frozenset({AideKind.ESPACE, AideKind.FORMULAIRE, AideKind.PAIEMENT})
PICTOGRAMS: Final[dict[str, str]] = {
    AideKind.IMPRESSION: "imprimer",
    AideKind.NUMERISATION: "papiers",
    AideKind.COURRIEL: "courriel",
    AideKind.PHOTOS: "ecran",
    AideKind.TELEPHONE: "telephone",
    AideKind.ORIENTATION: "fleche",
    AideKind.RENDEZ_VOUS: "calendrier",
    AideKind.AUTRE: "personnes",
    AideKind.ESPACE: "personne",
    AideKind.FORMULAIRE: "modifier",
    AideKind.PAIEMENT: "argent",
}


class CloseKind(TextChoices):
    """Why a besoin is closed."""

    DONE = "done", _("c’est réglé")
    FOLLOWED = "followed", _("c’est devenu une démarche suivie")
    ORIENTED = "oriented", _("la personne va ailleurs")
    DROPPED = "dropped", _("sans suite")


class Outcome(TextChoices):
    """How a démarche ended."""

    GRANTED = "granted", _("accordée ou faite")
    PARTLY = "partly", _("accordée en partie")
    REFUSED = "refused", _("refusée")
    WITHDRAWN = "withdrawn", _("la personne y renonce")
    ELSEWHERE = "elsewhere", _("suivie ailleurs")


class DemarcheState(StrEnum):
    """What a démarche suivie is: computed from its instants, never stored."""

    OPEN = "open"
    FILED = "filed"
    CLOSED = "closed"


class EtapeKind(TextChoices):
    """What happened, one line of the history."""

    OPENED = "opened", _("Démarche ouverte")
    MET = "met", _("Rendez-vous avec la personne")
    CALLED = "called", _("Appel")
    SENT = "sent", _("Envoi")
    # A message, a request, a receipt: the service has not decided, and its time still runs.
    RECEIVED = "received", _("Réponse reçue, sans décision")
    # The decision itself: from that day runs the time to contest it.
    DECIDED = "decided", _("Décision reçue")
    ASKED = "asked", _("Le service demande quelque chose")
    NOTED = "noted", _("Point d’étape")
    HANDED = "handed", _("Passée à un collègue")
    FILED = "filed", _("Demande déposée")
    CLOSED = "closed", _("Démarche terminée")
    REOPENED = "reopened", _("Démarche rouverte")


# Those an aidant writes; the others are written by the act itself.
WRITTEN_STEPS: Final = (
    EtapeKind.MET, EtapeKind.CALLED, EtapeKind.SENT, EtapeKind.RECEIVED, EtapeKind.DECIDED, EtapeKind.ASKED,
    EtapeKind.NOTED,
)  # fmt: skip


class PieceState(TextChoices):
    """Where a document asked for is."""

    MISSING = "missing", _("à apporter")
    SEEN = "seen", _("apportée")
    SENT = "sent", _("transmise")
    NOT_NEEDED = "not_needed", _("pas nécessaire")


class FilingMeans(TextChoices):
    """By which way a demand left."""

    ONLINE = "online", _("en ligne")
    POST = "post", _("par la poste")
    DESK = "desk", _("au guichet")
    TELEPHONE = "telephone", _("par téléphone")


class NoReceipt(TextChoices):
    """Why there is no receipt: said before « déposée » is."""

    NOT_GIVEN = "not_given", _("le service n’en donne pas")
    BY_POST = "by_post", _("il arrivera par la poste ou par courriel")
    WITH_PERSON = "with_person", _("la personne l’a gardé")
    FAILED = "failed", _("le site n’a pas affiché de preuve")


class RelaisReason(TextChoices):
    """Why a colleague takes over; a sentence may follow."""

    LONGER = "longer", _("cela demande plus de temps")
    HABILITE = "habilite", _("cela touche à l’argent ou à des données personnelles")
    KNOWS = "knows", _("mon collègue connaît bien cette démarche")
    LANGUAGE = "language", _("mon collègue parle sa langue")
    AWAY = "away", _("je ne serai pas là")
    OTHER = "other", _("autre raison")


def demarche_state(*, filed_at: datetime | None, closed_at: datetime | None) -> DemarcheState:
    """Closed hides filed, filed hides open."""
    if closed_at is not None:
        return DemarcheState.CLOSED
    return DemarcheState.OPEN if filed_at is None else DemarcheState.FILED


def is_sensitive(kind: str) -> bool:
    """Does this help touch financial or personal data?"""
    return kind in SENSITIVE_KINDS


def row_id(affectation: UUID, key: UUID, *said: object) -> UUID:
    """The identifier of what one form creates: the same form sent twice creates one thing (S-24).

    The desk is part of it: a key copied from elsewhere names nothing that is not one's own. So is what was
    `said`, and of whom: a page come back to and sent with other words is not a second click, and is not lost.
    """
    return uuid5(affectation, "\0".join([str(key), *map(str, said)]))


@dataclass(frozen=True)
class Way:
    """How one helped: who did it, and where the person was (P-05)."""

    mode: Mode = Mode.ENSEMBLE
    presence: Presence = Presence.PRESENCE


# Together and face to face, until said otherwise.
HABITUAL: Final = Way()


@dataclass(frozen=True)
class Step:
    """What happened. Without a way, nobody was helped: a letter came."""

    kind: EtapeKind
    text: str = ""
    way: Way | None = None


@dataclass(frozen=True)
class Next:
    """What comes then. What is None stays as it is; `asked_by_on` goes with `asked`."""

    move: NextMove
    asked: str | None = None
    asked_by_on: date | None = None
    references: str | None = None


@dataclass(frozen=True)
class Filing:
    """How a demand left: with its receipt, or the reason why there is none, never both."""

    means: FilingMeans
    way: Way
    receipt: CheckedFile | None = None
    no_receipt_reason: str = ""
    number: str = ""
    text: str = ""
    next_move: NextMove = NextMove.ADMINISTRATION
    # The same demand, put right: its dates do not begin again.
    again: bool = False
    # What it says was read back, and the person said yes (P-17): asked of what is declared every so often.
    agreed: bool = False


class Page(StrEnum):
    """The forms whose words are kept while they are typed, and the words of each (A-07)."""

    BESOIN = "besoin"
    STEP = "etape"
    RELAIS = "relais"


BROUILLON_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    Page.BESOIN: ("words",),
    Page.STEP: ("text", "asked", "references"),
    Page.RELAIS: ("words",),
}


def page_key(page: Page, about: UUID | None = None) -> str:
    """How one form about one thing is found again."""
    return str(page) if about is None else f"{page}:{about}"
