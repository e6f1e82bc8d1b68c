"""Letters and their versions; post received, and what it asks for."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from tandem.accompagnements.models import DemarcheSuivie
from tandem.courriers.rules import Content, CourrierKind, LimitUnit, Sender, SendWay
from tandem.echeances.models import Echeance
from tandem.fichiers.models import StoredFile
from tandem.kernel.fields import EncryptedJSONField, EncryptedTextField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.mandats.rules import Presence
from tandem.structures.models import Affectation, Structure
from tandem.usagers.models import Usager


class Lettre(PublicIdModel):
    """A letter written with a person. What it says stands in its versions; `number` is the last one."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="lettres")
    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="lettres")
    # What it serves, when it is followed; a démarche erased alone leaves the rest.
    demarche_suivie = models.ForeignKey(
        DemarcheSuivie, on_delete=models.SET_NULL, null=True, blank=True, related_name="lettres"
    )
    modele = models.SlugField(max_length=80)
    modele_version = models.CharField(max_length=20)
    sender = models.CharField(max_length=10, choices=Sender.choices)
    presence = models.CharField(max_length=10, choices=Presence.choices)
    number = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField(null=True, blank=True)
    sent_way = models.CharField(max_length=10, choices=SendWay.choices, blank=True)
    # The version that left: what is changed afterwards did not leave.
    sent_number = models.PositiveIntegerField(null=True, blank=True)
    # One form sent twice makes one letter (S-24).
    form_key = models.UUIDField()

    privacy = Privacy(
        purpose="Écrire une lettre avec la personne, et savoir quand elle est partie.",
        retention="suivi",
        personal={
            "structure", "usager", "demarche_suivie", "modele", "sender", "presence", "created_at", "created_by",
            "sent_on", "sent_way",
        },
        none={"modele_version", "number", "sent_number", "form_key"},
    )  # fmt: skip

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["usager", "-created_at"], name="lettres_by_usager")]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "form_key"], name="one_lettre_per_form_sent"
            ),
            models.CheckConstraint(
                condition=Q(sender__in=Sender.values, presence__in=Presence.values),
                name="lettre_sender_and_presence_are_known",
            ),
            models.CheckConstraint(
                condition=Q(sent_on=None, sent_way="", sent_number=None)
                | Q(
                    sent_on__isnull=False, sent_way__in=SendWay.values, sent_number__lte=F("number")
                ),
                name="lettre_sent_has_a_day_a_way_and_a_version",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="lettre_has_at_least_one_version"
            ),
        ]


class LettreVersion(PublicIdModel):
    """What a letter said once saved: never changed, the next save makes another."""

    lettre = models.ForeignKey(Lettre, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    # rules.Content: letterhead, sender_lines, recipient, place_date, subject, body, signature.
    content = EncryptedJSONField()
    # The limit of the online form where it will be copied, if any: counted, never imposed.
    limit_count = models.PositiveIntegerField(null=True, blank=True)
    limit_unit = models.CharField(
        max_length=10, choices=LimitUnit.choices, default=LimitUnit.CHARACTERS
    )
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")

    privacy = Privacy(
        purpose="Garder ce que disait la lettre à chaque enregistrement.",
        retention="suivi",
        personal={"lettre", "content", "written_at", "written_by"},
        none={"number", "limit_count", "limit_unit"},
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["lettre", "number"], name="one_version_per_lettre_and_number"
            ),
            models.CheckConstraint(
                condition=Q(limit_unit__in=LimitUnit.values), name="version_limit_unit_is_known"
            ),
        ]

    @property
    def says(self) -> Content:
        """What it says."""
        return Content(**self.content)


class Courrier(PublicIdModel):
    """Something the person received, opened together: what it means, what comes next, by when."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="courriers")
    usager = models.ForeignKey(Usager, on_delete=models.CASCADE, related_name="courriers")
    # What it serves, when it is followed; a démarche erased alone leaves the rest.
    demarche_suivie = models.ForeignKey(
        DemarcheSuivie, on_delete=models.SET_NULL, null=True, blank=True, related_name="courriers"
    )
    kind = models.CharField(max_length=10, choices=CourrierKind.choices)
    received_on = models.DateField()
    # Who wrote, in words: an administration or a private body.
    sent_by = EncryptedTextField()
    # In plain words, as told to the person.
    meaning = EncryptedTextField()
    next_step = EncryptedTextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # The date in the list of dates, when it had not gone by.
    echeance = models.ForeignKey(
        Echeance, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    presence = models.CharField(max_length=10, choices=Presence.choices)
    scan = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    logged_at = models.DateTimeField()
    logged_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    form_key = models.UUIDField()

    privacy = Privacy(
        purpose="Comprendre ce que la personne reçoit, et ne pas manquer la suite.",
        retention="suivi",
        personal={
            "structure", "usager", "demarche_suivie", "kind", "received_on", "sent_by", "meaning", "next_step",
            "due_on", "settled_at", "echeance", "presence", "scan", "logged_at", "logged_by",
        },
        none={"form_key"},
    )  # fmt: skip

    class Meta:
        ordering = ["-received_on", "-pk"]
        indexes = [
            models.Index(fields=["usager", "-received_on"], name="courriers_by_usager"),
            models.Index(
                fields=["structure", "due_on"],
                condition=Q(settled_at=None, due_on__isnull=False),
                name="courriers_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "form_key"], name="one_courrier_per_form_sent"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CourrierKind.values, presence__in=Presence.values),
                name="courrier_kind_and_presence_are_known",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | ~Q(next_step=""),
                name="courrier_with_a_day_says_what_to_do",
            ),
            models.CheckConstraint(
                condition=~Q(meaning="") & ~Q(sent_by=""),
                name="courrier_says_who_wrote_and_what_it_means",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(settled_at__gte=F("logged_at")),
                name="courrier_is_settled_after_it_is_logged",
            ),
        ]

    @property
    def done_at(self) -> datetime | None:
        """When the next step was done, or dropped, said here or in the list of dates."""
        if self.settled_at is not None or self.echeance is None:
            return self.settled_at
        return self.echeance.done_at or self.echeance.dropped_at
