"""The people helped, as one structure knows them: identity, channels, who follows them, what is to be told."""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from tandem.kernel.fields import EncryptedTextField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Affectation, Structure
from tandem.usagers.beside import is_looked_at, refuse_name_of
from tandem.usagers.fictitious import is_fictitious
from tandem.usagers.rules import (
    ChannelKind,
    FreezeReason,
    Holder,
    NoticeState,
    Piece,
    Protected,
    Rung,
    phone_words,
    release_warning,
)


class SandboxRefused(Refusal):
    """A true person in a sandbox, or someone of a sandbox outside it: never written (A-14)."""

    code = "sandbox"


class UsagerQuerySet(models.QuerySet["Usager"]):
    def known(self) -> "UsagerQuerySet":
        """Neither erased, nor a second file of someone kept under another."""
        return self.filter(erased_at=None, merged_into=None)

    def update(self, **values: Any) -> int:
        """No person ever changes structure, whole tables at a time either."""
        if {"structure", "structure_id"} & set(values):
            raise SandboxRefused(_("Une personne ne change pas de structure."))
        return super().update(**values)


class Usager(PublicIdModel):
    """A person helped by one structure. Another structure holds another row, and neither sees the other."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="usagers")
    # Civil identity, in FranceConnect's formats (FI-12): all given names, `YYYY-MM-DD` with presumed zeros.
    given_names = EncryptedTextField(blank=True)
    family_name = EncryptedTextField(blank=True)
    preferred_name = EncryptedTextField(blank=True)  # nom d'usage
    birthdate = EncryptedTextField(blank=True)
    gender = EncryptedTextField(blank=True)
    birthplace = EncryptedTextField(blank=True)
    birthcountry = EncryptedTextField(blank=True)
    # As FranceConnect gave it: part of the identity to release, not a contact channel.
    email = EncryptedTextField(blank=True)
    rung = models.CharField(max_length=13, choices=Rung.choices)
    rung_established_at = models.DateTimeField()
    # Blind indexes, the same in every structure (never shown): of FranceConnect's sub, of the civil identity.
    sub_index = models.CharField(max_length=64, blank=True)
    identity_index = models.CharField(max_length=64, blank=True)
    # False: only the aidants who follow the person see them (P-10).
    team_access = models.BooleanField(default=True)
    protected = models.CharField(
        max_length=10, choices=Protected.choices, default=Protected.NOT_ASKED
    )
    protected_asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    # Moved only by acts with the person, never by opening the file (P-21).
    last_contact_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    freeze_reason = models.CharField(max_length=10, choices=FreezeReason.choices, blank=True)
    died_known_at = models.DateTimeField(null=True, blank=True)
    # Who froze the file, who recorded the death: they do not undo it alone the same day.
    stopped_by = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    death_recorded_by = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    # The same person had two files: this one is hidden behind the one kept, until they are separated.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = UsagerQuerySet.as_manager()

    privacy = Privacy(
        purpose="Connaître la personne aidée, et agir en son nom seulement.",
        retention="mandat",
        personal={
            "structure", "given_names", "family_name", "preferred_name", "birthdate", "gender", "birthplace",
            "birthcountry", "email", "created_at", "last_contact_at", "merged_into",
        },
        sensitive={
            "sub_index", "identity_index", "protected", "protected_asked_at", "frozen_at", "freeze_reason",
            "died_known_at", "stopped_by", "death_recorded_by",
        },
        none={"rung", "rung_established_at", "team_access", "erased_at"},
    )  # fmt: skip

    class Meta:
        ordering = ["-last_contact_at", "-pk"]
        indexes = [
            models.Index(fields=["structure", "-last_contact_at"], name="usagers_by_last_contact"),
            models.Index(fields=["structure", "identity_index"], name="usagers_by_identity"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "sub_index"],
                condition=~Q(sub_index=""),
                name="one_usager_per_structure_and_franceconnect_sub",
            ),
            models.CheckConstraint(
                condition=Q(frozen_at=None, freeze_reason="")
                | (Q(frozen_at__isnull=False) & ~Q(freeze_reason="")),
                name="frozen_usager_has_a_reason_and_a_day",
            ),
            models.CheckConstraint(
                condition=Q(protected=Protected.NOT_ASKED, protected_asked_at=None)
                | (~Q(protected=Protected.NOT_ASKED) & Q(protected_asked_at__isnull=False)),
                name="protection_is_answered_some_day",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(sub_index="", identity_index=""),
                name="erased_usager_has_no_index_left",
            ),
            models.CheckConstraint(condition=Q(rung__in=Rung.values), name="usager_rung_is_known"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")) & Q(sub_index=""),
                name="merged_usager_is_another_and_not_the_one_of_franceconnect",
            ),
        ]

    _structure_read: int | None = None

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> "Usager":
        """Remember where the person was when they were read."""
        row = super().from_db(*args, **kwargs)
        vars(row)["_structure_read"] = vars(row).get("structure_id")
        return row

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row, in its own world: true people outside sandboxes, fictitious ones inside, none across.

        Raises:
            SandboxRefused: the row would mix both, or change structure.
        """
        if self._structure_read not in {None, self.structure_id}:
            raise SandboxRefused(_("Une personne ne change pas de structure."))
        if self._state.adding or "rung" in (kwargs.get("update_fields") or ("rung",)):
            self._refuse_mixing()
        super().save(*args, **kwargs)

    def _refuse_mixing(self) -> None:
        if self.erased_at is not None:
            return
        is_practice = self.structure.is_practice
        if is_practice != (self.rung == Rung.FICTIF):
            raise SandboxRefused(_("En entraînement, on n’aide que les trois personnes fictives."))
        if is_practice and not is_fictitious(self.given_names, self.family_name):
            raise SandboxRefused(_("En entraînement, n’écrivez le nom d’aucune vraie personne."))

    @property
    def full_name(self) -> str:
        """All given names and the family name, as in the civil registry. NameHidden beside another person."""
        refuse_name_of(self.public_id)
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def display_name(self) -> str:
        """First given name and the name the person uses: what pages and people say. NameHidden beside another."""
        refuse_name_of(self.public_id)
        first = self.given_names.split(" ", 1)[0]
        return f"{first} {self.preferred_name or self.family_name}".strip()

    @property
    def release_warning(self) -> str:
        """Why FranceConnect would refuse this identity whatever the mandat, and what to do; empty when it would not."""
        return release_warning(rung=self.rung, email=self.email)

    def local_date(self, at: datetime) -> date:
        """The day of an instant, in the structure's time zone."""
        return at.astimezone(self.structure.zone).date()


class RungStep(PublicIdModel):
    """One time an identity was established, kept when a surer one comes."""

    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="rung_steps")
    rung = models.CharField(max_length=13, choices=Rung.choices)
    established_at = models.DateTimeField()
    # Who saw or vouches.
    established_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    piece = models.CharField(max_length=20, choices=Piece.choices, blank=True)
    piece_seen_on = models.DateField(null=True, blank=True)

    privacy = Privacy(
        purpose="Savoir comment l’identité a été établie, sans copie de pièce.",
        retention="mandat",
        personal={"usager", "established_by", "piece", "piece_seen_on"},
        none={"rung", "established_at"},
    )

    class Meta:
        ordering = ["established_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rung=Rung.PIECE_VUE, piece_seen_on__isnull=False) & ~Q(piece="")
                | ~Q(rung=Rung.PIECE_VUE) & Q(piece="", piece_seen_on=None),
                name="piece_vue_names_the_piece_and_the_day",
            )
        ]


class SearchToken(models.Model):
    """Keyed fingerprint of one prefix of one name, under the key of the structure."""

    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="search_tokens")
    token = models.CharField(max_length=64)

    privacy = Privacy(
        purpose="Trouver une personne par son nom sans l’écrire en clair.",
        retention="mandat",
        personal={"usager"},
        sensitive={"token"},
    )

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["token", "usager"], name="usagers_by_token")]
        constraints = [
            models.UniqueConstraint(
                fields=["usager", "token"], name="one_search_token_per_usager_and_prefix"
            )
        ]


class Suivi(PublicIdModel):
    """An aidant follows a person: one of those who see them when the file is not open to the team (P-10)."""

    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="suivis")
    affectation = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="suivis")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Limiter l’accès aux aidants chargés de la personne.",
        retention="suivi",
        personal={"usager", "affectation", "started_at", "ended_at"},
    )

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["usager", "affectation"],
                condition=Q(ended_at=None),
                name="one_live_suivi_per_usager_and_affectation",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="suivi_ends_after_it_starts",
            ),
        ]


class ChannelQuerySet(models.QuerySet["Channel"]):
    def live(self) -> "ChannelQuerySet":
        return self.filter(ended_at=None)


class Channel(PublicIdModel):
    """An address or a number where the person may be told something, and who reads it (P-14)."""

    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=5, choices=ChannelKind.choices)
    value = EncryptedTextField()
    value_index = models.CharField(max_length=64, db_index=True)
    holder = models.CharField(max_length=12, choices=Holder.choices)
    # Set by the code typed back; emptied when a message comes back undelivered.
    proven_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    # Nothing is sent there: someone else may look (P-36).
    discreet = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ChannelQuerySet.as_manager()

    privacy = Privacy(
        purpose="Prévenir la personne de ce qui est fait en son nom, et recueillir son accord.",
        retention="mandat",
        personal={"usager", "value", "value_index", "created_by", "holder"},
        sensitive={"discreet"},
        none={"kind", "proven_at", "failed_at", "created_at", "ended_at"},
    )

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["usager", "value_index"],
                condition=Q(ended_at=None),
                name="one_live_channel_per_usager_and_value",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("created_at")),
                name="channel_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ChannelKind.values, holder__in=Holder.values),
                name="channel_kind_and_holder_are_known",
            ),
        ]

    @property
    def words(self) -> str:
        """The address, or the number as people write it. NameHidden beside another person."""
        if is_looked_at():
            refuse_name_of(self.usager.public_id)
        return phone_words(self.value) if self.kind == ChannelKind.SMS else str(self.value)


class OneTimeCode(PublicIdModel):
    """Six digits sent to the person for one purpose: only a keyed hash is kept, spent once."""

    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="codes")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="codes")
    # "channel.prove:<id>", "usage:<id>"…: a code sent for one act opens no other.
    purpose = models.CharField(max_length=120)
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Recueillir l’accord de la personne sur un moyen de contact qu’elle seule lit.",
        retention="technique",
        personal={"usager", "channel", "purpose"},
        sensitive={"code_hash"},
        none={"tries", "created_at", "expires_at", "used_at"},
    )

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["usager", "purpose"],
                condition=Q(used_at=None),
                name="one_open_code_per_usager_and_purpose",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__lt=F("expires_at")),
                name="code_is_used_before_it_expires",
            ),
        ]


class Notice(PublicIdModel):
    """Something the person must be told: sent, kept for a digest, or to be told on paper at the next visit."""

    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="notices")
    # Idempotency: the act that speaks names its message.
    key = models.CharField(max_length=150, unique=True)
    title = EncryptedTextField()
    body = EncryptedTextField()
    state = models.CharField(max_length=6, choices=NoticeState.choices)
    created_at = models.DateTimeField()
    # The day in the structure's time zone: five messages a day at most.
    day = models.DateField()
    # When it left, was told, or went into a digest.
    told_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Dire à la personne chaque acte fait en son nom, une seule fois.",
        retention="envoi",
        personal={"usager", "title", "body"},
        none={"key", "state", "created_at", "day", "told_at"},
    )

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["usager", "day"], name="usagers_notices_of_the_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=NoticeState.values), name="notice_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=NoticeState.TOLD) | Q(told_at__isnull=False),
                name="notice_told_is_told_some_day",
            ),
        ]
