"""Comptes for the stories of any room.

    alice = CompteFactory.create(with_totp=True)            # enrolled: application of codes, recovery codes
    client = login(StrictClient(), alice)            # a session that the middleware accepts
    client.post(url, {"geste_code": totp_code(alice, at)})

Two gestures in the same 30 seconds need two factors: pass `recovery=` to `recovery_code`, or move `at`.
"""

from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from factory.declarations import LazyFunction, Sequence, Trait
from factory.django import DjangoModelFactory
from factory.helpers import post_generation

from tandem.comptes import entry, factors, queries, rules
from tandem.comptes.models import Compte, Device, OpenSession, RecoveryCode
from tandem.comptes.tests.authenticator import SoftwareAuthenticator
from tandem.kernel import clock
from tandem.kernel.crypto import random_token

PASSWORD = "quatre mots sans rapport aucun"
BORN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class CompteFactory(DjangoModelFactory[Compte]):
    """An active compte with a password; enrolled as soon as it has a factor.

    Traits: with_totp, with_passkey, operator. `with_codes=3` writes real recovery codes (slow hash);
    without it the counter says ten and no code opens anything.
    """

    class Meta:
        model = Compte
        skip_postgeneration_save = True

    class Params:
        operator = Trait(is_operator=True)

    email = Sequence(lambda n: f"aidant{n}@mairie.example")
    given_name = "Alice"
    family_name = Sequence(lambda n: f"Exemple{n}")
    password = LazyFunction(lambda: make_password(PASSWORD))
    created_at = BORN
    activated_at = BORN

    @post_generation
    def with_totp(self: Compte, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted:
            factors.totp_row(self, secret=self.public_id.bytes + b"four", at=BORN).save()
            _enrol(self)

    @post_generation
    def with_passkey(self: Compte, create: bool, extracted: Any, **kwargs: Any) -> None:
        """True, or a SoftwareAuthenticator that will hold the key; found as `passkey_of(compte)`."""
        if extracted:
            device = (
                extracted
                if isinstance(extracted, SoftwareAuthenticator)
                else SoftwareAuthenticator()
            )
            data = device.enrol(self.public_id.bytes)
            factors.passkey_row(self, name="Clé de test", data=data, sign_count=0, at=BORN).save()
            self.has_passkey = True
            self.test_passkey = device  # for passkey_of
            _enrol(self)

    @post_generation
    def with_codes(self: Compte, create: bool, extracted: Any, **kwargs: Any) -> None:
        for number in range(extracted or 0):
            code_hash = factors.recovery_hash(self, recovery_code(number))
            RecoveryCode.objects.create(compte=self, code_hash=code_hash, created_at=BORN)
        if extracted:
            self.recovery_codes_left = extracted
            self.save()


def _enrol(compte: Compte) -> None:
    compte.enrolled_at = BORN
    compte.recovery_codes_left = compte.recovery_codes_left or 10
    compte.save()


def recovery_code(number: int) -> str:
    """The codes that `with_codes` writes."""
    return f"{rules.RECOVERY_ALPHABET[number]}" + rules.RECOVERY_ALPHABET[:15]


def totp_code(compte: Compte, at: datetime) -> str:
    """What the application of this compte shows at an instant."""
    row = queries.totp_row(compte)
    assert row is not None, "CompteFactory.create(with_totp=True)"
    return rules.totp_code(factors.totp_secret(compte, row), rules.totp_step(at))


def passkey_of(compte: Compte) -> SoftwareAuthenticator:
    """The device that CompteFactory.create(with_passkey=True) gave."""
    device: SoftwareAuthenticator = compte.test_passkey  # type: ignore[attr-defined]  # same
    return device


def login(client: Client, compte: Compte, *, at: datetime | None = None) -> Client:
    """A session as the entrance opens it, without the pages: seen at `at`, or now. Returns the client.

    The compte must be enrolled for any page but those of enrolment.
    """
    instant = at or clock.now()
    token = random_token(32)
    device = Device.objects.create(
        compte=compte,
        token_hash=queries.token_hash(token),
        label="Firefox sur Linux",
        first_seen_at=instant,
        last_seen_at=instant,
    )
    session = SessionStore()
    session[SESSION_KEY] = str(compte.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = compte.get_session_auth_hash()
    session.create()
    row = OpenSession.objects.create(
        compte=compte,
        device=device,
        session_key=session.session_key or "",
        started_at=instant,
        last_seen_at=instant,
    )
    session[entry.SESSION_KEY] = {
        "id": str(row.public_id),
        "started": instant.timestamp(),
        "seen": instant.timestamp(),
    }
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    client.cookies[settings.TANDEM_DEVICE_COOKIE_NAME] = token
    return client


def authenticators_of(compte: Compte) -> int:
    """How many rows of allauth's table."""
    return int(Authenticator.objects.filter(user=compte).count())
