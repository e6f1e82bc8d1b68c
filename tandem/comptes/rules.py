"""Choices and pure rules of comptes: no database, no clock, no request."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import phonenumbers
from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

ACTIVATION_LIFE = timedelta(days=7)
CHALLENGE_LIFE = timedelta(minutes=5)
# A gesture verified is used in the very next transaction of the same request.
GESTURE_LIFE = timedelta(seconds=60)
IDLE_LIMIT = timedelta(minutes=15)
ABSOLUTE_LIMIT = timedelta(hours=10)
TOUCH_EVERY = timedelta(minutes=1)
RESET_NOTICE = timedelta(hours=24)
# The act of whoever shows a passkey before anything else.
LOGIN_ACT = "comptes.login:alone"
# A device unseen for so long is a new one again.
DEVICE_LIFE = timedelta(days=395)

TOTP_STEP_SECONDS = 30
TOTP_DIGITS = 6

# No letter that one takes for another: 77 bits for 16 characters.
RECOVERY_ALPHABET = "346789QWERTYUPADFGHJKLXCVBNM"
RECOVERY_LENGTH = 16
RECOVERY_COUNT = 10
RECOVERY_LOW = 3

# Tries a minute. Attackers get these; the person on a device already known has their own (S-16).
PASSWORD_TRIES = 10
CODE_TRIES = 5
PASSKEY_TRIES = 10
# Failures a minute from one address: an office of a hundred people stays far below.
ADDRESS_FAILURES = 60

_ACT = re.compile(r"[a-z_]+(\.[a-z_]+)*:[0-9A-Za-z_-]{1,64}")


class GestureMethod(TextChoices):
    PASSKEY = "passkey", _("clé d’accès")
    TOTP = "totp", _("code de l’application")
    RECOVERY = "recovery", _("code de secours")


class FactorKind(TextChoices):
    """What a compte may own; recovery codes are counted apart."""

    PASSKEY = "webauthn", _("clé d’accès")
    TOTP = "totp", _("application de codes")


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


def is_act(text: str) -> bool:
    """Is it the name of one act: « room.verb:identifier »?"""
    return bool(_ACT.fullmatch(text)) and len(text) <= 120


def login_act(compte: UUID) -> str:
    """A second factor shown after the password."""
    return f"comptes.login:{compte}"


def factor_act(compte: UUID) -> str:
    """A gesture that changes one's own factors."""
    return f"comptes.factors:{compte}"


def registration_act(compte: UUID) -> str:
    """The registration of a passkey."""
    return f"comptes.register:{compte}"


def password_act(compte: UUID) -> str:
    """A gesture that changes one's own password."""
    return f"comptes.password:{compte}"


def reset_act(target: UUID) -> str:
    """A gesture that asks or approves the reset of this compte."""
    return f"comptes.reset:{target}"


def totp_step(at: datetime) -> int:
    """The number of the 30-second step an instant falls in."""
    return int(at.timestamp()) // TOTP_STEP_SECONDS


def totp_code(secret: bytes, step: int) -> str:
    """The code of one step (RFC 6238, HMAC-SHA-1, six digits): what every application computes."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**TOTP_DIGITS:0{TOTP_DIGITS}d}"


def seconds_to_next_code(at: datetime) -> int:
    """How long until the application shows another code: from 1 to 30."""
    return TOTP_STEP_SECONDS - int(at.timestamp()) % TOTP_STEP_SECONDS


def normalise_code(typed: str) -> str:
    """A code as typed, without spaces nor dashes, in capitals."""
    return re.sub(r"[\s.\-–—]", "", typed).upper()


def new_recovery_code() -> str:
    """One code, without its dashes."""
    return "".join(secrets.choice(RECOVERY_ALPHABET) for _number in range(RECOVERY_LENGTH))


def show_recovery_code(code: str) -> str:
    """« XXXX-XXXX-XXXX-XXXX »: as it is printed."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def show_totp_secret(secret: str) -> str:
    """The secret as it is typed by hand, by groups of four."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device_label(user_agent: str) -> str:
    """« Firefox sur Windows »: two closed lists, so that no fingerprint is kept (S-15)."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), _t("Navigateur"))
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return (
        _t("%(browser)s sur %(system)s") % {"browser": browser, "system": system}
        if system
        else browser
    )


_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF")
_MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


def mobile_number(typed: str) -> str | None:
    """The number as messages take it (+336…), empty when none was typed, None when it is no mobile."""
    if not typed.strip():
        return ""
    for region in _REGIONS:
        try:
            number = phonenumbers.parse(typed, region)
        except phonenumbers.NumberParseException:
            return None
        if phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in _MOBILE:
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None
