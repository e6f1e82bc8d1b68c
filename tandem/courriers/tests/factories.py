"""Letters and post for the stories of any room, by really writing them."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from tandem.courriers.actions import Received, Told, log_courrier, write_lettre
from tandem.courriers.modeles import modeles
from tandem.courriers.models import Courrier, Lettre
from tandem.courriers.rules import CourrierKind
from tandem.fichiers.rules import CheckedFile
from tandem.mandats.rules import Presence
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager


def written(
    acteur: Acteur,
    usager: Usager,
    *,
    at: datetime,
    modele: str = "echeancier-impots",
    values: dict[str, str] | None = None,
    **told: Any,
) -> Lettre:
    """A letter, laid out from a modèle."""
    return write_lettre(
        acteur=acteur,
        usager=usager,
        modele=modeles()[modele],
        told=Told(values=values or {}, **told),
        form_key=uuid4(),
        at=at,
    )


def received(**changes: Any) -> Received:
    """A letter of the CAF, to answer before the end of the month."""
    values: dict[str, Any] = {
        "kind": CourrierKind.LETTER,
        "received_on": date(2026, 10, 30),
        "sent_by": "La CAF",
        "meaning": "La CAF demande une preuve de loyer.",
        "next_step": "Envoyer la quittance d’octobre.",
        "due_on": date(2026, 11, 20),
    }
    return Received(**{**values, **changes})


def scanned() -> CheckedFile:
    """A scan, already looked at."""
    return CheckedFile(name="lettre.pdf", media_type="application/pdf", content=b"%PDF-1.7 scan")


def logged(
    acteur: Acteur,
    usager: Usager,
    *,
    at: datetime,
    presence: Presence = Presence.PRESENCE,
    scan: CheckedFile | None = None,
    **changes: Any,
) -> Courrier:
    """Post opened together."""
    return log_courrier(
        acteur=acteur,
        usager=usager,
        received=received(**changes),
        presence=presence,
        form_key=uuid4(),
        scan=scan,
        at=at,
    )
