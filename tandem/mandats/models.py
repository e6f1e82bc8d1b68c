"""Tables of mandats: what is being prepared, what was signed, what was done with it."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from tandem.kernel.fields import EncryptedTextField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.mandats.rules import (
    AbsenceReason,
    AccountMeans,
    ConfirmationKind,
    ConsentMethod,
    Duree,
    EndKind,
    Presence,
    State,
    mandat_state,
)
from tandem.usagers.rules import Rung


class MandatQuerySet(models.QuerySet["Mandat"]):
    def active(self, *, at: datetime) -> Self:
        """Signed, not ended, not past its end."""
        return self.filter(ended_at=None, ends_at__gt=at)

    def ended(self, *, at: datetime) -> Self:
        return self.exclude(ended_at=None, ends_at__gt=at)


class Mandat(PublicIdModel):
    """One agreement between an usager and a structure, signed at one instant."""

    structure = models.ForeignKey(
        "structures.Structure", on_delete=models.PROTECT, related_name="+"
    )
    usager = models.ForeignKey("usagers.Usager", on_delete=models.PROTECT, related_name="mandats")
    signed_by = models.ForeignKey(
        "structures.Affectation", on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    duree = models.CharField(max_length=10, choices=Duree)
    # Canonical JSON: every document is rendered from it, never from live data.
    snapshot = EncryptedTextField()
    seal = models.CharField(max_length=64, unique=True)
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    consent_method = models.CharField(max_length=20, choices=ConsentMethod)
    rung = models.CharField(max_length=20)
    verification_code = EncryptedTextField()
    verification_index = models.CharField(max_length=64, unique=True)
    # False: only the aidants listed in MandatAidant may use it (intuitu personae, P-39).
    whole_team = models.BooleanField(default=True)
    # Doubt on free will (P-36): no use before this instant, and no message. Never on a document.
    cool_off_until = models.DateTimeField(null=True, blank=True)
    renews = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewed_by"
    )
    transferred_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="transferred_to"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    end_kind = models.CharField(max_length=10, choices=EndKind, blank=True)
    # The announcement nearest to the end already made, in days before it.
    announced_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # The person was erased: the words are gone, the seal stays (P-22).
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = MandatQuerySet.as_manager()

    privacy = Privacy(
        purpose="Prouver ce qu’une personne a permis à une structure.",
        retention="mandat",
        personal={"usager", "signed_by", "snapshot", "seal", "verification_code", "verification_index"},
        sensitive={"cool_off_until"},
        none={
            "structure", "signed_at", "ends_at", "duree", "text_version", "language",
            "consent_method", "rung", "whole_team", "renews", "transferred_from", "ended_at",
            "end_kind", "announced_days", "erased_at",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["-signed_at", "-id"]
        indexes = [
            models.Index(fields=["structure", "ends_at"], name="mandat_structure_ends"),
            models.Index(fields=["structure", "-signed_at", "-id"], name="mandat_structure_signed"),
            models.Index(fields=["usager", "signed_at"], name="mandat_usager_signed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("signed_at")), name="mandat_ends_after_it_is_signed"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_kind="")
                | Q(ended_at__isnull=False, end_kind__in=EndKind.values),
                name="mandat_ended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None)
                | Q(ended_at__gte=F("signed_at"), ended_at__lte=F("ends_at")),
                name="mandat_ended_within_its_life",
            ),
            models.CheckConstraint(
                condition=Q(duree__in=Duree.values), name="mandat_has_one_of_the_durees"
            ),
            models.CheckConstraint(
                condition=Q(consent_method__in=ConsentMethod.values), name="mandat_consent_is_known"
            ),
            models.CheckConstraint(
                condition=Q(consent_method=ConsentMethod.PRACTICE, rung=Rung.FICTIF)
                | (~Q(consent_method=ConsentMethod.PRACTICE) & ~Q(rung=Rung.FICTIF)),
                name="mandat_of_someone_fictitious_is_an_exercise",
            ),
            models.CheckConstraint(
                condition=(Q(erased_at__isnull=False) | ~Q(snapshot=""))
                & ~Q(seal="")
                & ~Q(verification_index="")
                & ~Q(text_version="")
                & ~Q(language="")
                & ~Q(rung=""),
                name="mandat_states_everything",
            ),
        ]

    def state(self, *, at: datetime) -> State:
        return mandat_state(at=at, ends_at=self.ends_at, ended_at=self.ended_at)

    def get_absolute_url(self) -> str:
        return reverse("mandats:detail", args=[self.public_id])

    @property
    def last_day(self) -> date:
        """The last day, where the structure is."""
        return self.ends_at.astimezone(self.structure.zone).date()


class MandatAidant(models.Model):
    """An aidant the mandat names, when it is not for the whole team."""

    mandat = models.ForeignKey(Mandat, on_delete=models.CASCADE, related_name="aidants")
    affectation = models.ForeignKey(
        "structures.Affectation", on_delete=models.PROTECT, related_name="+"
    )

    privacy = Privacy(
        purpose="Savoir quels aidants la personne a choisis.",
        retention="mandat",
        personal={"mandat", "affectation"},
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mandat", "affectation"], name="mandat_names_an_aidant_once"
            ),
        ]


class AutorisationQuerySet(models.QuerySet["Autorisation"]):
    def active(self, *, at: datetime) -> Self:
        """Neither ended nor past its end; its mandat neither."""
        return self.filter(ended_at=None, ends_at__gt=at, started_at__lte=at, mandat__ended_at=None)


class Autorisation(PublicIdModel):
    """One mandat and one line of it: a thème or one démarche."""

    mandat = models.ForeignKey(Mandat, on_delete=models.PROTECT, related_name="autorisations")
    # Copied from the mandat: the database holds the rule of one live line on the row itself.
    structure = models.ForeignKey(
        "structures.Structure", on_delete=models.PROTECT, related_name="+"
    )
    usager = models.ForeignKey(
        "usagers.Usager", on_delete=models.PROTECT, related_name="autorisations"
    )
    scope = models.CharField(max_length=90)
    theme = models.CharField(max_length=20)
    # A subset of Presence; presence is always in it (P-05).
    presence_allowed = models.JSONField()
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_kind = models.CharField(max_length=10, choices=EndKind, blank=True)

    objects = AutorisationQuerySet.as_manager()

    privacy = Privacy(
        purpose="Savoir ce que la structure peut faire pour la personne.",
        retention="mandat",
        personal={"mandat", "usager"},
        sensitive={"scope", "theme"},
        none={"structure", "presence_allowed", "started_at", "ends_at", "ended_at", "end_kind"},
    )

    class Meta:
        ordering = ["mandat", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "usager", "scope"],
                condition=Q(ended_at=None),
                name="one_live_autorisation_per_structure_usager_and_scope",
            ),
            models.UniqueConstraint(fields=["mandat", "scope"], name="mandat_holds_a_scope_once"),
            models.CheckConstraint(
                condition=Q(scope__startswith="theme:") | Q(scope__startswith="demarche:"),
                name="autorisation_is_a_theme_or_a_demarche",
            ),
            models.CheckConstraint(condition=~Q(theme=""), name="autorisation_has_a_theme"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("started_at")), name="autorisation_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_kind="")
                | Q(ended_at__isnull=False, end_kind__in=EndKind.values),
                name="autorisation_ended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None)
                | Q(ended_at__gte=F("started_at"), ended_at__lte=F("ends_at")),
                name="autorisation_ended_within_its_life",
            ),
        ]

    def is_active(self, *, at: datetime) -> bool:
        """Whether this line could be used at `at`, by its own instants."""
        return self.started_at <= at < self.ends_at and (
            self.ended_at is None or at < self.ended_at
        )


class Confirmation(PublicIdModel):
    """The person confirmed, that day, an act of a line that asks them each time (P-06)."""

    autorisation = models.ForeignKey(
        Autorisation, on_delete=models.PROTECT, related_name="confirmations"
    )
    kind = models.CharField(max_length=10, choices=ConfirmationKind)
    recorded_by = models.ForeignKey(
        "structures.Affectation", on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField()
    # A paper is worth its day where the structure is; a code, a few minutes.
    valid_until = models.DateTimeField()

    privacy = Privacy(
        purpose="Prouver que la personne a confirmé un acte d’argent ou de justice.",
        retention="mandat",
        personal={"autorisation", "recorded_by"},
        none={"kind", "confirmed_at", "valid_until"},
    )

    class Meta:
        ordering = ["-confirmed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ConfirmationKind.values), name="confirmation_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("confirmed_at")), name="confirmation_lasts"
            ),
        ]


class UsageQuerySet(models.QuerySet["Usage"]):
    def owing_account(self) -> Self:
        """Acts in absence whose account was not rendered (P-05)."""
        return self.filter(account_due_at__isnull=False, account_rendered_at=None)


class Usage(PublicIdModel):
    """One use of an autorisation, written once whatever is retried."""

    autorisation = models.ForeignKey(Autorisation, on_delete=models.PROTECT, related_name="usages")
    affectation = models.ForeignKey(
        "structures.Affectation", on_delete=models.PROTECT, related_name="+"
    )
    used_at = models.DateTimeField()
    presence = models.CharField(max_length=10, choices=Presence)
    absence_reason = models.CharField(max_length=10, choices=AbsenceReason, blank=True)
    # As declared by the aidant: behind FranceConnect the service is unknown to us.
    service_declared = EncryptedTextField(blank=True)
    relying_party = models.CharField(max_length=80)
    # The identifier of the transaction of the caller: the idempotency key.
    transaction = models.UUIDField(unique=True, editable=False)
    confirmation = models.ForeignKey(
        Confirmation, on_delete=models.PROTECT, null=True, blank=True, related_name="usages"
    )
    account_due_at = models.DateTimeField(null=True, blank=True)
    account_rendered_at = models.DateTimeField(null=True, blank=True)
    account_means = models.CharField(max_length=10, choices=AccountMeans, blank=True)
    # What was done, in words the person reads.
    account_text = EncryptedTextField(blank=True)

    objects = UsageQuerySet.as_manager()

    privacy = Privacy(
        purpose="Rendre compte à la personne de ce qui a été fait en son nom.",
        retention="mandat",
        personal={"autorisation", "affectation", "account_text"},
        sensitive={"service_declared", "relying_party", "absence_reason"},
        none={
            "used_at", "presence", "transaction", "confirmation", "account_due_at",
            "account_rendered_at", "account_means",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["-used_at", "-id"]
        indexes = [models.Index(fields=["account_due_at"], name="usage_account_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(presence__in=[Presence.PRESENCE, Presence.TELEPHONE], absence_reason="")
                | Q(
                    presence=Presence.ABSENCE,
                    absence_reason__in=AbsenceReason.values,
                    account_due_at__isnull=False,
                ),
                name="usage_in_absence_has_a_reason_and_an_account",
            ),
            models.CheckConstraint(
                condition=Q(account_rendered_at=None, account_means="")
                | Q(account_rendered_at__isnull=False, account_means__in=AccountMeans.values),
                name="usage_account_is_rendered_by_a_means",
            ),
        ]
