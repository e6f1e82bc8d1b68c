"""Tables of comptes: who logs in, by what, from where."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tandem.comptes.rules import GestureMethod, IdentityProof
from tandem.journal.rules import Author, Subject
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy


class CompteManager(BaseUserManager["Compte"]):
    def create_compte(
        self,
        *,
        email: str,
        given_name: str,
        family_name: str,
        at: datetime,
        phone: str = "",
        password: str | None = None,
        is_operator: bool = False,
    ) -> "Compte":
        """A compte that cannot log in until a password is set (password=None)."""
        compte = self.model(
            email=email.strip().lower(),
            given_name=given_name.strip(),
            family_name=family_name.strip(),
            phone=phone.strip(),
            is_operator=is_operator,
            created_at=at,
        )
        compte.set_password(password)
        compte.save(using=self._db)
        return compte

    def get_by_natural_key(self, username: str | None) -> "Compte":
        return self.get(email=(username or "").lower())


class Compte(AbstractBaseUser, PublicIdModel):
    """A person who works with Tandem. Never an usager."""

    email = models.EmailField(_("adresse électronique"), max_length=254, unique=True)
    given_name = models.CharField(_("prénom"), max_length=100)
    family_name = models.CharField(_("nom"), max_length=100)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # Set when the person first chose a password by their activation link.
    activated_at = models.DateTimeField(null=True, blank=True)
    # Set when two factors stand and the recovery codes were put away (S-11).
    enrolled_at = models.DateTimeField(null=True, blank=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    # The last 30-second step whose code was accepted: none is accepted twice (S-10).
    totp_last_step = models.BigIntegerField(default=0)
    # How many recovery codes are still unused: read at each request, so kept here.
    recovery_codes_left = models.PositiveSmallIntegerField(default=0)
    # Whether pages offer the button of the passkey: read at each gesture, so kept here.
    has_passkey = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[CompteManager] = CompteManager()

    privacy = Privacy(
        purpose="Ouvrir une session et savoir qui agit.",
        retention="compte",
        personal={"email", "given_name", "family_name", "phone", "last_login"},
        sensitive={"password"},
        none={
            "is_active",
            "is_operator",
            "created_at",
            "activated_at",
            "enrolled_at",
            "deactivated_at",
            "totp_last_step",
            "recovery_codes_left",
            "has_passkey",
        },
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=True, deactivated_at=None)
                | Q(is_active=False, deactivated_at__isnull=False),
                name="compte_is_inactive_since_some_time",
            ),
        ]

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def author(self) -> Author:
        """As the journal names whoever acts on their own compte, outside any structure."""
        return Author("operator" if self.is_operator else "aidant", self.public_id, None)

    @property
    def subject(self) -> Subject:
        return Subject("comptes.Compte", self.public_id)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.given_name


class Activation(PublicIdModel):
    """A one-time link by which a person chooses their password: only its hash is kept."""

    compte = models.ForeignKey(Compte, on_delete=models.CASCADE, related_name="activations")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # Set when a newer link takes its place.
    voided_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Première connexion, ou reprise après la perte d’un facteur.",
        retention="technique",
        personal={"compte"},
        sensitive={"token_hash"},
        none={"created_at", "expires_at", "used_at", "voided_at"},
    )


class RecoveryCode(PublicIdModel):
    """One printed code, used at most once: only a slow keyed hash is kept."""

    compte = models.ForeignKey(Compte, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Ouvrir une session quand l’appareil habituel manque.",
        retention="compte",
        personal={"compte"},
        sensitive={"code_hash"},
        none={"created_at", "used_at"},
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["compte", "code_hash"], name="recovery_code_is_one_of_a_kind"
            )
        ]


class Challenge(PublicIdModel):
    """What a passkey is asked to sign: for one act, once, during a few minutes."""

    # Null at login by passkey alone: nobody is known yet.
    compte = models.ForeignKey(
        Compte, on_delete=models.CASCADE, null=True, blank=True, related_name="challenges"
    )
    act = models.CharField(max_length=120)
    challenge_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Lier une clé d’accès à un seul geste.",
        retention="technique",
        personal={"compte", "act"},
        sensitive=set(),
        none={"challenge_hash", "created_at", "used_at"},
    )


class Gesture(PublicIdModel):
    """A second factor shown for one act; used once, within sixty seconds."""

    compte = models.ForeignKey(Compte, on_delete=models.CASCADE, related_name="gestures")
    act = models.CharField(max_length=120)
    method = models.CharField(max_length=10, choices=GestureMethod.choices)
    verified_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Prouver qu’une personne a voulu un acte précis.",
        retention="technique",
        personal={"compte", "act"},
        sensitive=set(),
        none={"method", "verified_at", "used_at"},
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__gte=F("verified_at")),
                name="gesture_is_used_after_it_is_verified",
            )
        ]


class Device(PublicIdModel):
    """A browser a compte has logged in from, known by a random cookie: no fingerprint (S-15)."""

    compte = models.ForeignKey(Compte, on_delete=models.CASCADE, related_name="devices")
    token_hash = models.CharField(max_length=64)
    # "Firefox sur Windows": what the person recognises.
    label = models.CharField(max_length=60)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    privacy = Privacy(
        purpose="Prévenir la personne quand un appareil inconnu ouvre une session.",
        retention="session",
        personal={"compte", "label", "first_seen_at", "last_seen_at"},
        sensitive={"token_hash"},
        none=set(),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["compte", "token_hash"], name="device_is_known_once_by_compte"
            )
        ]


class OpenSession(PublicIdModel):
    """A session of a compte. Its public_id names the session; its key changes, the name stays."""

    compte = models.ForeignKey(Compte, on_delete=models.CASCADE, related_name="open_sessions")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    privacy = Privacy(
        purpose="Montrer à une personne ses sessions ouvertes et lui permettre de les fermer.",
        retention="session",
        personal={"compte", "device", "started_at", "last_seen_at"},
        sensitive={"session_key"},
        none=set(),
    )


class FactorReset(PublicIdModel):
    """Two named persons give back access to a third, after a day of notice (S-12)."""

    target = models.ForeignKey(Compte, on_delete=models.CASCADE, related_name="resets")
    requested_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        Compte, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # How the identity of the person was checked, and by nothing else than seeing them.
    identity_proof = models.CharField(max_length=20, choices=IdentityProof.choices)
    requested_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    # Twenty-four hours after the approval: until then the person can refuse.
    effective_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Rendre l’accès à une personne qui a perdu ses facteurs, à deux et avec trace.",
        retention="compte",
        personal={"target", "requested_by", "approved_by"},
        sensitive=set(),
        none={
            "identity_proof",
            "requested_at",
            "approved_at",
            "effective_at",
            "cancelled_at",
            "applied_at",
        },
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(requested_by=F("target")),
                name="factor_reset_is_not_asked_for_oneself",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("target")) & ~Q(approved_by=F("requested_by"))),
                name="factor_reset_is_approved_by_a_third_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, effective_at=None)
                | Q(
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    effective_at__gt=F("approved_at"),
                ),
                name="factor_reset_takes_effect_after_its_approval",
            ),
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(applied_at__gte=F("effective_at")),
                name="factor_reset_is_applied_after_its_notice",
            ),
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(cancelled_at=None, applied_at=None),
                name="one_open_factor_reset_per_compte",
            ),
        ]
