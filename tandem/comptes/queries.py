"""Reads of comptes."""

import hashlib
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import BigAutoField, Q, QuerySet

from tandem.comptes import factors
from tandem.comptes.factors import Factor, Passkey
from tandem.comptes.models import Activation, Compte, Device, FactorReset, OpenSession
from tandem.comptes.rules import DEVICE_LIFE, FactorKind
from tandem.kernel.prepared import Prepared


def token_hash(token: str) -> str:
    """What the database keeps of a random token of 128 bits or more."""
    return hashlib.sha256(token.encode()).hexdigest()


def compte_by_email(email: str) -> Compte | None:
    """The compte of an address, active or not."""
    return Compte.objects.filter(email=email.strip().lower()).first()


def fresh_compte(compte: Compte) -> Compte | None:
    """The compte as it is now in the database; None when it was deactivated meanwhile."""
    return _ACTIVE.first(compte.pk)


_ACTIVE = Prepared(
    lambda pk: Compte.objects.filter(pk=pk, is_active=True).order_by(), BigAutoField()
)


def factors_of(compte: Compte) -> list[Factor]:
    """Passkeys and the application of codes, oldest first; recovery codes are counted on the compte."""
    rows = Authenticator.objects.filter(user=compte).order_by("created_at", "pk")
    return [
        Factor(
            ref=UUID(row.data["ref"]),
            kind=FactorKind(row.type),
            name=row.data.get("name", ""),
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )
        for row in rows
    ]


def factor_of(compte: Compte, ref: UUID) -> Factor | None:
    """One factor of this compte, and of no other."""
    return next((factor for factor in factors_of(compte) if factor.ref == ref), None)


def has_factor(compte: Compte) -> bool:
    """Is there anything to ask after the password?"""
    return compte.recovery_codes_left > 0 or Authenticator.objects.filter(user=compte).exists()


def totp_row(compte: Compte) -> Authenticator | None:
    """The row of the application of codes."""
    return Authenticator.objects.filter(user=compte, type=FactorKind.TOTP.value).first()


def passkeys_of(compte: Compte) -> list[Passkey]:
    """The passkeys of a compte, ready to be checked."""
    rows = Authenticator.objects.filter(user=compte, type=FactorKind.PASSKEY.value).order_by("pk")
    return [factors.passkey(compte, row) for row in rows]


def activation_for(token: str, *, at: datetime) -> Activation | None:
    """The link of this token, while it can still be used."""
    return (
        Activation.objects.select_related("compte")
        .filter(
            token_hash=token_hash(token),
            used_at=None,
            voided_at=None,
            expires_at__gt=at,
            compte__is_active=True,
        )
        .first()
    )


def sessions_of(compte: Compte) -> QuerySet[OpenSession]:
    """The open sessions of a compte, the one seen last first."""
    return (
        OpenSession.objects.filter(compte=compte)
        .select_related("device")
        .order_by("-last_seen_at", "pk")
    )


def known_device(compte: Compte, token: str, *, at: datetime) -> Device | None:
    """The device of this token, if this compte logged in from it during the last thirteen months."""
    if not token:
        return None
    return Device.objects.filter(
        compte=compte, token_hash=token_hash(token), last_seen_at__gte=at - DEVICE_LIFE
    ).first()


def open_reset_of(compte: Compte) -> FactorReset | None:
    """The reset asked for this compte, not yet applied nor refused."""
    return FactorReset.objects.filter(target=compte, cancelled_at=None, applied_at=None).first()


def resets_waiting() -> QuerySet[FactorReset]:
    """Resets that wait for their second person."""
    return FactorReset.objects.filter(
        Q(approved_by=None), cancelled_at=None, applied_at=None
    ).order_by("requested_at", "pk")


def compte_by_public_id(public_id: UUID) -> Compte | None:
    """An active compte, by its public identifier."""
    return Compte.objects.filter(public_id=public_id, is_active=True).first()
