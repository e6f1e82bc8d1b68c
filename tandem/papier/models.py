"""Sheets signed by hand as they were noted, and the scans of the originals."""

from django.db import models
from django.db.models import F, Q

from tandem.fichiers.models import StoredFile
from tandem.kernel.fields import EncryptedJSONField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.mandats.models import Confirmation, Mandat
from tandem.papier.rules import Decision
from tandem.structures.models import Affectation, Structure
from tandem.usagers.models import Usager


class Sheet(PublicIdModel):
    """One sheet signed by hand and noted: live at once, or waiting for a second aidant (S-20)."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="+")
    # The draft it came from, by its public identifier: one draft is noted once (S-24). The draft itself is forgotten.
    draft_id = models.UUIDField(unique=True)
    noted_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    # The person was not there: someone else brought the sheet.
    absent = models.BooleanField()
    # What was agreed to and what was noted, while it waits; emptied once decided.
    content = EncryptedJSONField(default=dict)
    # From when its only aidant may answer for it alone; none: a second aidant does (S-20).
    opens_at = models.DateTimeField(null=True, blank=True)
    # Fingerprint of the code by which the person says no; empty once decided.
    refusal_index = models.CharField(max_length=64, blank=True, default="", db_default="")
    decision = models.CharField(max_length=10, choices=Decision)
    decided_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    mandat = models.OneToOneField(
        Mandat, on_delete=models.PROTECT, null=True, blank=True, related_name="sheet"
    )

    privacy = Privacy(
        purpose="Savoir qui a noté une feuille signée à la main, et qui l’a confirmée.",
        retention="mandat",
        personal={"structure", "usager", "noted_by", "content", "confirmed_by"},
        none={
            "draft_id", "noted_at", "absent", "opens_at", "refusal_index", "decision", "decided_at", "mandat",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["-noted_at", "-pk"]
        indexes = [
            models.Index(
                fields=["structure", "decision", "-noted_at"], name="papier_sheets_waiting"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values), name="sheet_decision_is_known"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("noted_by")),
                name="nobody_confirms_the_sheet_they_noted",
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.LIVE, mandat__isnull=False, decided_at__isnull=False)
                | (~Q(decision=Decision.LIVE) & Q(mandat=None)),
                name="live_sheet_has_its_mandat",
            ),
            models.CheckConstraint(
                condition=Q(absent=False, decision=Decision.LIVE, confirmed_by=None)
                | (Q(absent=True) & ~Q(decision=Decision.LIVE))
                | Q(absent=True, decision=Decision.LIVE, confirmed_by__isnull=False)
                | Q(
                    absent=True,
                    decision=Decision.LIVE,
                    opens_at__isnull=False,
                    decided_at__gte=F("opens_at"),
                ),
                name="sheet_without_the_person_is_live_by_two_aidants_or_a_day",
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(absent=True, opens_at__gt=F("noted_at")),
                name="sheet_of_a_lone_aidant_waits",
            ),
            models.UniqueConstraint(
                fields=["refusal_index"],
                condition=~Q(refusal_index=""),
                name="one_sheet_per_refusal_code",
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.WAITING, decided_at=None)
                | (~Q(decision=Decision.WAITING) & Q(decided_at__isnull=False)),
                name="sheet_is_decided_some_day",
            ),
        ]


class Original(PublicIdModel):
    """A scan of what was signed by hand: of a mandat, or of one paper of the day. A copy, never a signature (P-44)."""

    mandat = models.ForeignKey(Mandat, on_delete=models.PROTECT, related_name="originals")
    # The paper of the day it shows; none: the mandat itself.
    confirmation = models.OneToOneField(
        Confirmation, on_delete=models.PROTECT, null=True, blank=True, related_name="original"
    )
    scan = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")

    privacy = Privacy(
        purpose="Montrer ce que la personne a signé de sa main.",
        retention="mandat",
        personal={"mandat", "scan", "kept_by"},
        none={"confirmation", "kept_at"},
    )

    class Meta:
        ordering = ["-kept_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mandat"], condition=Q(confirmation=None), name="one_original_per_mandat"
            )
        ]
