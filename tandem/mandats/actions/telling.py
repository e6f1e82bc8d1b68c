"""What the person is told of a mandat: discreet words, once per act (S-31)."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from tandem.mandats.models import Mandat
from tandem.ui.rules import date_words, moment_words
from tandem.usagers.actions import tell_usager


class Told(StrEnum):
    """What is told; what a new mandat replaces is told by its own message."""

    SIGNED = "signed"
    USED = "used"
    REVOKED = "revoked"
    RENOUNCED = "renounced"
    DONE = "done"
    EXPIRED = "expired"
    ENDING = "ending"
    CLOSED = "closed"


_WORDS: Final = {
    Told.SIGNED: (
        _("Votre accord est enregistré"),
        _("Bonjour, votre aidant peut agir pour vous jusqu’au %(end)s. Pour arrêter, appelez-le."),
    ),
    Told.USED: (
        _("Votre aidant a agi pour vous"),
        _(
            "Bonjour, votre aidant a agi pour vous le %(moment)s. Ce n’était pas prévu ? Appelez-le."
        ),
    ),
    Told.REVOKED: (
        _("C’est arrêté"),
        _(
            "Bonjour, plus personne ne peut agir pour vous avec l’accord du %(signed)s. "
            "Ce n’était pas votre choix ? Appelez votre aidant."
        ),
    ),
    Told.RENOUNCED: (
        _("Votre aidant ne peut plus agir"),
        _("Bonjour, votre aidant a rendu l’accord du %(signed)s. Appelez-le pour la suite."),
    ),
    Told.DONE: (
        _("C’est terminé"),
        _(
            "Bonjour, ce que vous aviez demandé est fait. Votre aidant ne peut plus agir pour vous avec cet accord."
        ),
    ),
    Told.EXPIRED: (
        _("Votre accord est terminé"),
        _(
            "Bonjour, l’accord du %(signed)s est terminé. Plus personne ne peut agir pour vous avec lui."
        ),
    ),
    Told.CLOSED: (
        _("Votre aidant ne peut plus agir"),
        _(
            "Bonjour, le lieu où l’on vous aidait a fermé. Plus personne ne peut agir pour vous avec l’accord du "
            "%(signed)s. Il ne passe à personne d’autre sans vous."
        ),
    ),
    Told.ENDING: (
        _("Votre accord se termine bientôt"),
        _(
            "Bonjour, l’accord du %(signed)s se termine le %(end)s. Voyez votre aidant pour continuer."
        ),
    ),
}


def tell(mandat: Mandat, told: Told, *, key: str, at: datetime) -> None:
    """Put the message in the outbox, in the caller's transaction; the same key tells once.

    Under a doubt on the person's free will nothing is sent: someone else may read (P-36).
    """
    if mandat.cool_off_until is not None:
        return
    title, body = _words(mandat, told, at)
    tell_usager(usager=mandat.usager, message=title, body=body, key=f"mandat.{told}:{key}", at=at)


def _words(mandat: Mandat, told: Told, at: datetime) -> tuple[str, str]:
    zone = mandat.structure.zone
    values = {
        "signed": date_words(mandat.signed_at.astimezone(zone).date()),
        "end": date_words(mandat.last_day),
        "moment": moment_words(at.astimezone(zone)),
    }
    title, body = _WORDS[told]
    return str(title), str(body) % values
