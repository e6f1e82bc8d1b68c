"""Choices and pure rules of comptes: no database, no clock, no request."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ACTIVATION_LIFE = timedelta(days=7)
CHALLENGE_LIFE = timedelta(minutes=5)
# A gesture verified is used in the very next transaction of the same request.
GESTURE_LIFE = timedelta(seconds=60)
IDLE_LIMIT = timedelta(minutes=15)
ABSOLUTE_LIMIT = timedelta(hours=10)
RESET_NOTICE = timedelta(hours=24)
TOUCH_EVERY = timedelta(minutes=1)


class GestureMethod(TextChoices):
    PASSKEY = "passkey", _("clé d’accès")
    TOTP = "totp", _("code de l’application")
    RECOVERY = "recovery", _("code de secours")


class IdentityProof(TextChoices):
    """How two persons made sure that the one who lost their factors is who they say."""

    MET = "met", _("rencontre en personne")
    PIECE_SEEN = "piece_seen", _("pièce d’identité vue")
    VIDEO = "video", _("appel vidéo avec une personne connue")


@dataclass(frozen=True)
class GestureResponse:
    """What a form brought: a code typed, or a passkey's signed answer (JSON). Never printed."""

    code: str = field(default="", repr=False)
    credential: str = field(default="", repr=False)

    @property
    def is_empty(self) -> bool:
        return not self.code.strip() and not self.credential.strip()
