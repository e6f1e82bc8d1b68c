"""The keys of the installation are renewed: what people log in with goes on opening (S-42, R-27)."""

from datetime import datetime

import pytest
from allauth.mfa.models import Authenticator
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData
from pytest_django import Settings

from tandem.comptes import factors
from tandem.comptes.models import Compte
from tandem.comptes.tests.factories import CompteFactory
from tandem.kernel.crypto import UnknownKeyError
from tandem.kernel.rotation import rotate_encryption

pytestmark = pytest.mark.django_db
OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)
SEED = b"s" * 20


@pytest.fixture
def zed(settings: Settings, at: datetime) -> Compte:
    """A compte whose factors were made under the old key; the new one has just come."""
    settings.TANDEM_ENCRYPTION_KEYS = [OLD]
    compte = CompteFactory.create()
    Authenticator.objects.filter(user=compte).delete()
    factors.totp_row(compte, secret=SEED, at=at).save()
    key = AttestedCredentialData.create(
        b"a" * 16, b"credential", ES256({1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32})
    )
    factors.passkey_row(compte, name="clé", data=key, sign_count=7, at=at).save()
    settings.TANDEM_ENCRYPTION_KEYS = [NEW, OLD]
    return compte


def opened(compte: Compte) -> tuple[bytes, bytes, int]:
    """The seed, the identifier and the count of the passkey, as the database keeps them."""
    totp, passkey = Authenticator.objects.filter(user=compte).order_by("type")
    key = factors.passkey(compte, passkey)
    return factors.totp_secret(compte, totp), key.data.credential_id, key.sign_count


class TestTheRotation:
    def test_leaves_factors_that_open_without_the_old_key(
        self, zed: Compte, settings: Settings
    ) -> None:
        assert rotate_encryption() >= 2
        settings.TANDEM_ENCRYPTION_KEYS = [NEW]
        assert opened(zed) == (SEED, b"credential", 7)

    def test_is_what_makes_them_open(self, zed: Compte, settings: Settings) -> None:
        settings.TANDEM_ENCRYPTION_KEYS = [NEW]
        with pytest.raises(UnknownKeyError):
            opened(zed)

    def test_looks_once_at_each(self, zed: Compte) -> None:
        assert factors.seal_again(1) == 1
        assert factors.seal_again(1) == 1
        assert factors.seal_again(1) == 0
