"""Tables of accompagnements: what was said first, what is followed, who holds it, what was sent."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from tandem.accompagnements.rules import (
    AideKind,
    CloseKind,
    DemarcheState,
    EtapeKind,
    FilingMeans,
    Mode,
    NextMove,
    NoReceipt,
    Outcome,
    PieceState,
    RelaisReason,
    demarche_state,
)
from tandem.fichiers.models import StoredFile
from tandem.kernel.fields import EncryptedJSONField, EncryptedTextField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.mandats.models import Autorisation
from tandem.mandats.rules import Presence
from tandem.referentiels.models import Demarche, Theme
from tandem.structures.models import Affectation, Structure
from tandem.usagers.models import Usager

WHY = "Se souvenir de ce que la personne a demandé, et le mener à son terme."


class Besoin(PublicIdModel):
    """What someone wants, in their words. A name comes later, or never."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="besoins")
    usager = models.ForeignKey(
        Usager, on_delete=models.PROTECT, null=True, blank=True, related_name="besoins"
    )
    words = EncryptedTextField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    held_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="besoins_held")
    # The last act on it: what never had a name leaves some time after.
    moved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    close_kind = models.CharField(max_length=10, choices=CloseKind, blank=True)

    privacy = Privacy(
        purpose=WHY,
        retention="suivi",
        personal={"usager", "words", "opened_by", "held_by"},
        none={"structure", "opened_at", "moved_at", "closed_at", "close_kind"},
    )

    class Meta:
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(
                fields=["structure", "closed_at", "-opened_at"], name="besoin_by_structure"
            ),
            models.Index(fields=["usager", "-opened_at"], name="besoin_by_usager"),
            models.Index(fields=["held_by", "-opened_at"], name="besoin_by_holder"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, close_kind="")
                | Q(closed_at__isnull=False, close_kind__in=CloseKind.values),
                name="besoin_closed_for_a_reason",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="besoin_says_something"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("accompagnements:besoin", args=[self.public_id])


class Aide(PublicIdModel):
    """Simple help, counted. It names nobody, ever (P-02): there is no column for a person."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="aides")
    affectation = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AideKind)
    mode = models.CharField(max_length=12, choices=Mode)
    presence = models.CharField(max_length=10, choices=Presence)
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    # It touched financial or personal data: a habilité aidant gave it.
    sensitive = models.BooleanField(default=False)

    privacy = Privacy(
        purpose="Compter les coups de main, sans savoir à qui.",
        retention="structure",
        personal={"affectation"},
        none={"structure", "kind", "mode", "presence", "theme", "at", "sensitive"},
    )

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["structure", "-at"], name="aide_by_structure")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AideKind.values)
                & Q(mode__in=Mode.values)
                & Q(presence__in=Presence.values),
                name="aide_is_of_a_known_kind",
            ),
        ]


class DemarcheSuivieQuerySet(models.QuerySet["DemarcheSuivie"]):
    def in_state(self, state: str) -> "DemarcheSuivieQuerySet":
        """Those of one state, as `rules.demarche_state` says it."""
        if state == DemarcheState.CLOSED:
            return self.filter(closed_at__isnull=False)
        return self.filter(closed_at=None, filed_at__isnull=state == DemarcheState.OPEN)


class DemarcheSuivie(PublicIdModel):
    """One démarche for one person, until it ends: what is asked, by when, who moves next."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    usager = models.ForeignKey(
        Usager, on_delete=models.PROTECT, null=True, blank=True, related_name="demarches_suivies"
    )
    besoin = models.ForeignKey(
        Besoin, on_delete=models.SET_NULL, null=True, blank=True, related_name="demarches_suivies"
    )
    # Of the catalogue; else a free one, named by `title` and, for whom it is asked of, `body`.
    demarche = models.ForeignKey(
        Demarche, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = EncryptedTextField(blank=True)
    body = EncryptedTextField(blank=True)
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    autorisation = models.ForeignKey(
        Autorisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The draft of a mandat begun from here: who signed it is whose démarche it is.
    mandat_draft = models.UUIDField(null=True, blank=True)
    asked = EncryptedTextField(blank=True)
    asked_by_on = models.DateField(null=True, blank=True)
    next_move = models.CharField(max_length=14, choices=NextMove)
    mode = models.CharField(max_length=12, choices=Mode)
    presence = models.CharField(max_length=10, choices=Presence)
    references = EncryptedTextField(blank=True)
    opened_at = models.DateTimeField()
    held_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    # The last line of its history.
    moved_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    objects = DemarcheSuivieQuerySet.as_manager()

    privacy = Privacy(
        purpose=WHY,
        retention="suivi",
        personal={"usager", "besoin", "title", "body", "asked", "references", "held_by", "demarche", "theme"},
        none={
            "structure", "autorisation", "mandat_draft", "asked_by_on", "next_move", "mode", "presence",
            "opened_at", "moved_at", "filed_at", "closed_at", "outcome",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["-moved_at", "-pk"]
        indexes = [
            models.Index(fields=["structure", "-moved_at"], name="suivie_by_structure"),
            models.Index(fields=["held_by", "-moved_at"], name="suivie_by_holder"),
            models.Index(fields=["usager", "-moved_at"], name="suivie_by_usager"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(demarche__isnull=False) | ~Q(title=""), name="suivie_has_a_title"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="")
                | Q(closed_at__isnull=False, outcome__in=Outcome.values),
                name="suivie_closed_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(filed_at=None) | Q(filed_at__gte=F("opened_at")),
                name="suivie_filed_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(next_move__in=NextMove.values)
                & Q(mode__in=Mode.values)
                & Q(presence__in=Presence.values),
                name="suivie_next_move_and_mode_are_known",
            ),
        ]

    @property
    def name(self) -> str:
        """What it is, in the catalogue's words or in those typed."""
        return self.title if self.demarche is None else self.demarche.name

    @property
    def service(self) -> str:
        """Whom it is asked of."""
        return self.body if self.demarche is None else (self.body or self.demarche.service)

    @property
    def state(self) -> DemarcheState:
        return demarche_state(filed_at=self.filed_at, closed_at=self.closed_at)

    def get_absolute_url(self) -> str:
        return reverse("accompagnements:demarche", args=[self.public_id])


class Etape(PublicIdModel):
    """One line of the history of a démarche."""

    demarche_suivie = models.ForeignKey(
        DemarcheSuivie, on_delete=models.CASCADE, related_name="etapes"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=EtapeKind)
    text = EncryptedTextField(blank=True)
    # How it was done, where someone did something (P-05).
    mode = models.CharField(max_length=12, choices=Mode, blank=True)
    presence = models.CharField(max_length=10, choices=Presence, blank=True)

    privacy = Privacy(
        purpose=WHY,
        retention="suivi",
        personal={"demarche_suivie", "by", "text"},
        none={"at", "kind", "mode", "presence"},
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=EtapeKind.values), name="etape_is_of_a_known_kind"
            )
        ]


class Piece(PublicIdModel):
    """One document asked for: to bring, brought, sent."""

    demarche_suivie = models.ForeignKey(
        DemarcheSuivie, on_delete=models.CASCADE, related_name="pieces"
    )
    label = EncryptedTextField()
    from_catalogue = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=PieceState, default=PieceState.MISSING)
    changed_at = models.DateTimeField()

    privacy = Privacy(
        purpose="Savoir ce que la personne doit apporter, pour ne le demander qu’une fois.",
        retention="suivi",
        personal={"demarche_suivie", "label"},
        none={"from_catalogue", "state", "changed_at"},
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PieceState.values), name="piece_state_is_known"
            )
        ]


class Depot(PublicIdModel):
    """A demand left: its receipt, or why there is none."""

    demarche_suivie = models.ForeignKey(
        DemarcheSuivie, on_delete=models.CASCADE, related_name="depots"
    )
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    means = models.CharField(max_length=10, choices=FilingMeans)
    # The number on the receipt.
    number = EncryptedTextField(blank=True)
    receipt = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    no_receipt_reason = models.CharField(max_length=12, choices=NoReceipt, blank=True)

    privacy = Privacy(
        purpose="Prouver qu’une demande est partie, et quel jour.",
        retention="suivi",
        personal={"demarche_suivie", "filed_by", "number", "receipt"},
        none={"filed_at", "means", "no_receipt_reason"},
    )

    class Meta:
        ordering = ["filed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(receipt__isnull=False, no_receipt_reason="")
                | Q(receipt=None, no_receipt_reason__in=NoReceipt.values),
                name="depot_has_a_receipt_or_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(means__in=FilingMeans.values), name="depot_means_are_known"
            ),
        ]


class Relais(PublicIdModel):
    """Handed to a colleague, with a reason: the second desk asks nothing again."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    besoin = models.ForeignKey(
        Besoin, on_delete=models.CASCADE, null=True, blank=True, related_name="relais"
    )
    demarche_suivie = models.ForeignKey(
        DemarcheSuivie, on_delete=models.CASCADE, null=True, blank=True, related_name="relais"
    )
    from_affectation = models.ForeignKey(Affectation, on_delete=models.PROTECT, related_name="+")
    to_affectation = models.ForeignKey(
        Affectation, on_delete=models.PROTECT, related_name="relais_received"
    )
    reason = models.CharField(max_length=10, choices=RelaisReason)
    words = EncryptedTextField(blank=True)
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    privacy = Privacy(
        purpose="Passer une demande à un collègue sans la faire répéter à la personne.",
        retention="suivi",
        personal={"besoin", "demarche_suivie", "from_affectation", "to_affectation", "words"},
        none={"structure", "reason", "at", "taken_at"},
    )

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["to_affectation", "taken_at"], name="relais_by_receiver")]
        constraints = [
            models.CheckConstraint(
                condition=Q(besoin__isnull=False, demarche_suivie=None)
                | Q(besoin=None, demarche_suivie__isnull=False),
                name="relais_hands_one_thing_over",
            ),
            models.UniqueConstraint(
                fields=["besoin"],
                condition=Q(taken_at=None, besoin__isnull=False),
                name="one_waiting_relais_per_besoin",
            ),
            models.UniqueConstraint(
                fields=["demarche_suivie"],
                condition=Q(taken_at=None, demarche_suivie__isnull=False),
                name="one_waiting_relais_per_demarche_suivie",
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None) | Q(taken_at__gte=F("at")),
                name="relais_taken_after_it_is_given",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=RelaisReason.values), name="relais_has_a_known_reason"
            ),
        ]

    @property
    def what(self) -> "Besoin | DemarcheSuivie":
        """What changes hands."""
        found = self.besoin or self.demarche_suivie
        assert found is not None  # noqa: S101 - the database says so
        return found


class Brouillon(PublicIdModel):
    """What one aidant was typing on one page: found again after an interruption (A-07, R-28)."""

    affectation = models.ForeignKey(Affectation, on_delete=models.CASCADE, related_name="+")
    # The name of the form, and the identifier of what it is about.
    page = models.CharField(max_length=80)
    usager = models.ForeignKey(
        Usager, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    fields = EncryptedJSONField()
    kept_at = models.DateTimeField()

    privacy = Privacy(
        purpose="Retrouver ce qui était en train d’être écrit après une interruption.",
        retention="transaction_oidc",
        personal={"affectation", "usager", "fields"},
        none={"page", "kept_at"},
    )

    class Meta:
        ordering = ["-kept_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["affectation", "page"], name="one_brouillon_per_affectation_and_page"
            )
        ]
