"""Tables of the provider: who may ask, what is under way, what was handed over, what signs."""

import secrets
import uuid

from django.db import models
from django.db.models import F, Q

from tandem.comptes.models import Compte
from tandem.kernel.fields import EncryptedTextField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.mandats.models import Autorisation
from tandem.oidc_provider.rules.choices import Alg, ClientAuth, EndKind
from tandem.structures.models import Affectation, Structure
from tandem.usagers.models import Usager


def random_id() -> uuid.UUID:
    """128 random bits in the shape of a UUID: a version 4 holds 122 only (S-03)."""
    return uuid.UUID(bytes=secrets.token_bytes(16))


class RelyingParty(PublicIdModel):
    """Who may ask us for an identity: FranceConnect, or an administration that speaks to us directly."""

    client_id = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    auth_method = models.CharField(max_length=20, choices=ClientAuth.choices)
    # Keyed hash of the secret; the secret itself only where HS256 must sign with it.
    secret_hash = models.CharField(max_length=64, blank=True)
    secret = EncryptedTextField(null=True, blank=True)
    # Public JWK, for private_key_jwt.
    public_key = models.JSONField(null=True, blank=True)
    redirect_uris = models.JSONField(default=list)
    post_logout_uris = models.JSONField(default=list, blank=True)
    # Origins the browser is sent on to after the redirect URI: Chromium checks the whole chain (S-46).
    follow_origins = models.JSONField(default=list, blank=True)
    # Keys of the thèmes it may be given (P-07); empty: all.
    themes = models.JSONField(default=list, blank=True)
    scopes = models.JSONField(default=list)
    id_token_alg = models.CharField(max_length=5, choices=Alg.choices, default=Alg.ES256)
    # Empty: JSON, unsigned.
    userinfo_alg = models.CharField(max_length=5, choices=Alg.choices, blank=True)
    # Whether its answers say who acts (decision 8).
    accepts_act = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Savoir à qui une identité peut être remise, et sous quelle forme.",
        retention="technique",
        personal=set(),
        sensitive={"secret_hash", "secret"},
        none={
            "client_id",
            "name",
            "auth_method",
            "public_key",
            "redirect_uris",
            "post_logout_uris",
            "follow_origins",
            "themes",
            "scopes",
            "id_token_alg",
            "userinfo_alg",
            "accepts_act",
            "created_at",
            "disabled_at",
        },
    )

    class Meta:
        ordering = ["client_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(id_token_alg__in=Alg.values)
                & (Q(userinfo_alg="") | Q(userinfo_alg__in=Alg.values)),
                name="relying_party_algorithms_are_known",
            ),
            models.CheckConstraint(
                condition=Q(auth_method=ClientAuth.SECRET_POST) & ~Q(secret_hash="")
                | Q(auth_method=ClientAuth.PRIVATE_KEY_JWT, public_key__isnull=False),
                name="relying_party_can_prove_who_it_is",
            ),
            models.CheckConstraint(
                condition=(~Q(id_token_alg=Alg.HS256) & ~Q(userinfo_alg=Alg.HS256))
                | Q(secret__isnull=False),
                name="relying_party_with_hs256_keeps_its_secret",
            ),
        ]

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    @property
    def uses_hs256(self) -> bool:
        return Alg.HS256 in {self.id_token_alg, self.userinfo_alg}


class Transaction(PublicIdModel):
    """One request of a relying party, from its arrival to the code (decision 13: ten minutes)."""

    public_id = models.UUIDField(default=random_id, unique=True, editable=False)
    relying_party = models.ForeignKey(
        RelyingParty, on_delete=models.CASCADE, related_name="transactions"
    )
    redirect_uri = models.TextField()
    state = models.TextField()
    nonce = models.TextField()
    # Asked, among those registered (S-07).
    scopes = models.JSONField(default=list)
    # Labels asked in rep_scope; empty: périmètre not declared (decision 9).
    rep_scopes = models.JSONField(default=list, blank=True)
    code_challenge = models.CharField(max_length=128, blank=True)
    # The browser that arrived, by the hash of a cookie: a cross-site POST carries no session.
    browser_hash = models.CharField(max_length=64)
    # Named once an aidant takes it, compared at each step (S-03).
    compte = models.ForeignKey(
        Compte, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    affectation = models.ForeignKey(
        Affectation, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    structure = models.ForeignKey(
        Structure, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # comptes.OpenSession.public_id: no key, so that the end of a session leaves the trace.
    session_id = models.UUIDField(null=True, blank=True)
    usager = models.ForeignKey(
        Usager, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    autorisation = models.ForeignKey(
        Autorisation, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    presence = models.CharField(max_length=10, blank=True)
    absence_reason = models.CharField(max_length=20, blank=True)
    service_declared = EncryptedTextField(null=True, blank=True)
    created_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_kind = models.CharField(max_length=10, choices=EndKind.choices, blank=True)
    # « Terminer l’accompagnement » was declared by the aidant (decision 5).
    closed_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Conduire une connexion pour une personne, de la demande à la remise du code.",
        retention="transaction_oidc",
        personal={
            "compte",
            "affectation",
            "structure",
            "session_id",
            "usager",
            "autorisation",
            "presence",
            "absence_reason",
        },
        sensitive={"service_declared", "browser_hash"},
        none={
            "relying_party",
            "redirect_uri",
            "state",
            "nonce",
            "scopes",
            "rep_scopes",
            "code_challenge",
            "created_at",
            "expires_at",
            "ended_at",
            "end_kind",
            "closed_at",
        },
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="transaction_expires_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(
                    compte__isnull=True,
                    affectation__isnull=True,
                    structure__isnull=True,
                    session_id__isnull=True,
                    usager__isnull=True,
                    autorisation__isnull=True,
                )
                | Q(
                    compte__isnull=False,
                    affectation__isnull=False,
                    structure__isnull=False,
                    session_id__isnull=False,
                    usager__isnull=False,
                ),
                name="transaction_has_aidant_structure_and_session_together",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_kind="")
                | (Q(ended_at__isnull=False) & Q(end_kind__in=EndKind.values)),
                name="transaction_ends_in_some_way_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(end_kind=EndKind.CONFIRMED)
                | (Q(autorisation__isnull=False) & ~Q(presence="")),
                name="transaction_is_confirmed_for_an_autorisation",
            ),
        ]


class AuthorizationCode(PublicIdModel):
    """What the browser carries back: kept as a hash, used once (FI-09, S-01)."""

    transaction = models.OneToOneField(Transaction, on_delete=models.CASCADE, related_name="code")
    code_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Presented by an authenticated relying party, whatever was answered.
    used_at = models.DateTimeField(null=True, blank=True)
    replayed_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Échanger une seule fois l’accord de l’aidant contre un jeton.",
        retention="transaction_oidc",
        personal={"transaction"},
        sensitive={"code_hash"},
        none={"created_at", "expires_at", "used_at", "replayed_at"},
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="code_expires_after_it_is_issued"
            )
        ]


class AccessToken(PublicIdModel):
    """Opens userinfo, once (FI-10): kept as a hash."""

    code = models.OneToOneField(
        AuthorizationCode, on_delete=models.CASCADE, related_name="access_token"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # Hash of the request answered: only its own retry is answered again (decision 13).
    request_hash = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Remettre l’identité une seule fois.",
        retention="transaction_oidc",
        personal={"code"},
        sensitive={"token_hash"},
        none={"created_at", "expires_at", "used_at", "request_hash", "revoked_at"},
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="access_token_expires_after_it_is_issued",
            )
        ]


class UsedAssertion(PublicIdModel):
    """An assertion of private_key_jwt that has served: the same is refused (S-06)."""

    jti_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    privacy = Privacy(
        purpose="Refuser qu’une preuve d’identité d’un service serve deux fois.",
        retention="technique",
        personal=set(),
        sensitive=set(),
        none={"jti_hash", "expires_at"},
    )


class SigningKey(PublicIdModel):
    """A key of ours: published before it signs, and after (FI-15)."""

    kid = models.CharField(max_length=64, unique=True)
    alg = models.CharField(max_length=5, choices=Alg.choices)
    public_jwk = models.JSONField()
    private_jwk = EncryptedTextField()
    created_at = models.DateTimeField()
    signs_from = models.DateTimeField()
    # Null: no newer key replaces it.
    signs_until = models.DateTimeField(null=True, blank=True)
    published_until = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Signer ce que nous affirmons.",
        retention="technique",
        personal=set(),
        sensitive={"private_jwk"},
        none={
            "kid",
            "alg",
            "public_jwk",
            "created_at",
            "signs_from",
            "signs_until",
            "published_until",
        },
    )

    class Meta:
        ordering = ["-signs_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(alg__in=[Alg.ES256, Alg.RS256]), name="signing_key_is_asymmetric"
            ),
            models.CheckConstraint(
                condition=Q(signs_until__isnull=True, published_until__isnull=True)
                | Q(signs_until__isnull=False, published_until__gte=F("signs_until")),
                name="signing_key_is_published_until_after_it_signs",
            ),
        ]
