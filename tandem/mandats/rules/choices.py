"""The closed lists of mandats, each with the words a person reads."""

from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Presence(TextChoices):
    """Where the usager is while the aidant acts (P-05)."""

    PRESENCE = "presence", _("en présence de la personne")
    TELEPHONE = "telephone", _("la personne étant au téléphone")
    ABSENCE = "absence", _("en l’absence de la personne")


class AbsenceReason(TextChoices):
    """Why the act could not wait for the person (P-05): a short list, no free text."""

    DEADLINE = "deadline", _("Une date limite tombe avant le prochain rendez-vous")
    ASKED = "asked", _("La personne l’a demandé et ne peut pas venir")
    HEALTH = "health", _("La personne est hospitalisée ou ne peut pas se déplacer")
    ANSWER = "answer", _("Une administration attend une réponse")
    REPAIR = "repair", _("Une erreur doit être corrigée tout de suite")


class AccountMeans(TextChoices):
    """How the account of an act in absence reached the person (P-05)."""

    PAPER = "paper", _("Sur papier, remis à la personne")
    POST = "post", _("Par courrier")
    TELEPHONE = "telephone", _("Lu au téléphone")


class ConfirmationKind(TextChoices):
    """How the person confirmed one act that needs it (P-06)."""

    PAPER = "paper", _("papier signé du jour")
    CODE = "code", _("code envoyé sur un moyen de contact prouvé")


# Shown before each act (P-09); the journal keeps which version was shown.
RESPONSIBILITY_VERSION: Final = "2026-11"
RESPONSIBILITY: Final = _(
    "Vous répondez de ce que vous tapez, de ce que vous révélez et de ce que le mandat ne permet pas ; "
    "vous ne répondez pas de l’exactitude de ce que la personne déclare."
)


class EndKind(TextChoices):
    """Why an autorisation or a mandat ended."""

    EXPIRED = "expired", _("arrivé à sa date de fin")
    REVOKED = "revoked", _("arrêté à la demande de la personne")
    RENOUNCED = "renounced", _("abandonné par la structure")
    SUPERSEDED = "superseded", _("remplacé par un nouveau mandat")
    DONE = "done", _("démarche terminée")
    DEATH = "death", _("terminé par le décès de la personne")


class ConsentMethod(TextChoices):
    """How the person gave their agreement."""

    FRANCECONNECT = "franceconnect", _("FranceConnect, face à face")
    CODE = "code", _("code envoyé sur un moyen de contact prouvé")
    # Never called an electronic signature (P-44).
    PAPER = "paper", _("signé à la main, sur papier")
    # Nobody agreed to anything: someone fictitious, in a sandbox.
    PRACTICE = "practice", _("personne fictive, pour s’entraîner")


class Reader(TextChoices):
    """Who read the text of the mandat (P-03)."""

    PERSON = "person", _("La personne l’a lu elle-même")
    AIDANT = "aidant", _("L’aidant l’a lu à voix haute")
    INTERPRETER = "interpreter", _("Un interprète l’a lu ou traduit")


class Understanding(TextChoices):
    """What was made sure of in conversation, never as an exam."""

    UNDERSTOOD = "understood", _("C’est compris")
    REEXPLAINED = "reexplained", _("J’ai réexpliqué, c’est compris maintenant")


class State(StrEnum):
    """What a mandat is at one instant: computed, never stored."""

    ACTIVE = "active"
    ENDING = "ending"
    ENDED = "ended"
