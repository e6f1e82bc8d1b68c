"""Choices, lifetimes and names of the provider."""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tandem.mandats.rules import Presence

# Decision 13 of identity.md.
TRANSACTION_LIFE = timedelta(minutes=10)
TRANSACTION_KEPT = timedelta(minutes=10, hours=24)
CODE_LIFE = timedelta(seconds=60)
ACCESS_TOKEN_LIFE = timedelta(seconds=60)
ID_TOKEN_LIFE = timedelta(minutes=5)
# What a relying party may put between now and the end of its own assertion.
ASSERTION_LIFE = timedelta(minutes=5)
# A new key is published before it signs, so that peers who keep our keys for a while know it.
KEY_PREPUBLICATION = timedelta(minutes=10)
# The old one stays published after it has stopped signing.
KEY_OVERLAP = timedelta(hours=24)

SECRET_MIN_LENGTH = 32


class Alg(TextChoices):
    """Signatures we make: one per relying party, never the peer's choice."""

    ES256 = "ES256", "ES256"
    RS256 = "RS256", "RS256"
    HS256 = "HS256", "HS256"


ASYMMETRIC = (Alg.ES256, Alg.RS256)


class ClientAuth(TextChoices):
    """How a relying party proves who it is at the token endpoint (S-06, FI-08)."""

    SECRET_POST = "client_secret_post", "client_secret_post"
    PRIVATE_KEY_JWT = "private_key_jwt", "private_key_jwt"


# The answers to « Où est la personne ? », as an aidant would say them.
PRESENCE_WORDS = {
    Presence.PRESENCE: _("Elle est avec moi"),
    Presence.TELEPHONE: _("Elle est au téléphone"),
    Presence.ABSENCE: _("Elle est absente"),
}


class Step(TextChoices):
    """Where a transaction stands; every condition is read again at each (S-02)."""

    AUTHORIZE = "authorize", _("arrivée")
    USAGER = "usager", _("choix de la personne")
    DEMARCHE = "demarche", _("choix de la démarche")
    CONFIRM = "confirm", _("confirmation")
    TOKEN = "token", _("jeton")
    USERINFO = "userinfo", _("identité")


class EndKind(TextChoices):
    """How a transaction ended."""

    CONFIRMED = "confirmed", _("confirmée")
    CANCELLED = "cancelled", _("abandonnée par l’aidant")
