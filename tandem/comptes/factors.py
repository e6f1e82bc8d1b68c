"""How a factor is kept in allauth's table: each secret sealed for the compte that holds it.

A seed or a key copied to the row of another compte does not open there.
"""

import base64
import hashlib
import os
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from fido2.webauthn import AttestedCredentialData

from tandem.comptes.models import Compte
from tandem.comptes.rules import FactorKind, normalise_code
from tandem.kernel import rotation
from tandem.kernel.crypto import current_key_id, decrypt, derive_key, encrypt

# Under which name each kind keeps its secret.
_SECRET_OF = {FactorKind.TOTP: "secret", FactorKind.PASSKEY: "key"}
# The cost of one try at a recovery code, for whoever would steal the table and the keys.
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}


@dataclass(frozen=True)
class Factor:
    """One factor as its owner sees it."""

    ref: UUID
    kind: FactorKind
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Passkey:
    """A passkey ready to be checked."""

    pk: int
    data: AttestedCredentialData = field(repr=False)
    sign_count: int


def _aad(compte: Compte, kind: FactorKind) -> bytes:
    return f"mfa_authenticator:{compte.public_id}:{kind}".encode()


def seal(compte: Compte, kind: FactorKind, secret: bytes) -> str:
    """The secret, encrypted so that it opens for this compte and this kind alone."""
    return encrypt(secret, aad=_aad(compte, kind))


def unseal(compte: Compte, kind: FactorKind, sealed: str) -> bytes:
    """The secret. Raises DecryptionError when it was sealed for another."""
    return decrypt(sealed, aad=_aad(compte, kind))


def new_totp_secret() -> bytes:
    """160 random bits (RFC 4226, section 4)."""
    return os.urandom(20)


def totp_text(secret: bytes) -> str:
    """The secret as applications read it."""
    return base64.b32encode(secret).decode()


def totp_url(compte: Compte, secret: bytes) -> str:
    """What the QR code holds: secret, so shown once and never logged."""
    label = quote(f"Tandem:{compte.email}", safe=":")
    return f"otpauth://totp/{label}?secret={totp_text(secret)}&issuer=Tandem"


def totp_row(compte: Compte, *, secret: bytes, at: datetime) -> Authenticator:
    """A row of allauth's table, not saved."""
    data = {"ref": str(uuid4()), "secret": seal(compte, FactorKind.TOTP, secret)}
    return Authenticator(user=compte, type=FactorKind.TOTP.value, data=data, created_at=at)


def passkey_row(
    compte: Compte, *, name: str, data: AttestedCredentialData, sign_count: int, at: datetime
) -> Authenticator:
    """A row of allauth's table, not saved."""
    content = {
        "ref": str(uuid4()),
        "name": name,
        "key": seal(compte, FactorKind.PASSKEY, bytes(data)),
        "sign_count": sign_count,
    }
    return Authenticator(user=compte, type=FactorKind.PASSKEY.value, data=content, created_at=at)


def totp_secret(compte: Compte, row: Authenticator) -> bytes:
    """The seed of a row."""
    return unseal(compte, FactorKind.TOTP, row.data["secret"])


def passkey(compte: Compte, row: Authenticator) -> Passkey:
    """The public key of a row, and the last count its authenticator gave."""
    data = AttestedCredentialData(unseal(compte, FactorKind.PASSKEY, row.data["key"]))
    return Passkey(pk=row.pk, data=data, sign_count=row.data["sign_count"])


@rotation.elsewhere("mfa_authenticator")
def seal_again(batch: int) -> int:
    """Seal under the current key the secrets of some factors that another key holds; how many rows (S-42, R-27)."""
    current = f"{current_key_id()}:"
    stale = Q()
    for kind, name in _SECRET_OF.items():
        stale |= Q(type=kind.value) & ~Q(**{f"data__{name}__startswith": current})
    with transaction.atomic():
        keys = list(
            Authenticator.objects.filter(stale).order_by("pk").values_list("pk", flat=True)[:batch]
        )
        rows = Authenticator.objects.select_for_update(of=("self",)).filter(pk__in=keys)
        for row in rows.select_related("user"):
            kind = FactorKind(row.type)
            name = _SECRET_OF[kind]
            sealed = seal(row.user, kind, unseal(row.user, kind, row.data[name]))
            Authenticator.objects.filter(pk=row.pk).update(data={**row.data, name: sealed})
    return len(keys)


def recovery_hash(compte: Compte, code: str) -> str:
    """What is kept of a recovery code (ASVS 6.5.2): salted by compte, keyed, and slow to try."""
    salt = compte.public_id.bytes + derive_key("comptes.recovery_codes")
    return hashlib.scrypt(normalise_code(code).encode(), salt=salt, **_SCRYPT).hex()
