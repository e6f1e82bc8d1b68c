"""Structures, who is assigned to them, who accepted the charte, and who is acting."""

import base64
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from tandem.comptes.models import Compte
from tandem.journal.rules import SYSTEM, Author
from tandem.kernel.fields import EncryptedTextField
from tandem.kernel.models import PublicIdModel
from tandem.kernel.privacy import Privacy
from tandem.structures.rules import ActeurKind, Obstacle, Role, theme_is_allowed


class StructureQuerySet(models.QuerySet["Structure"]):
    def active(self) -> "StructureQuerySet":
        return self.filter(closed_at=None)

    def true(self) -> "StructureQuerySet":
        """Those that exist: no sandbox (A-14)."""
        return self.filter(practice_of=None)


class Structure(PublicIdModel):
    """An organisation that helps. Mandats are between the usager and it."""

    name = models.CharField(max_length=200)
    siret = models.CharField(max_length=14)
    address = models.CharField(max_length=200)
    postcode = models.CharField(max_length=5)
    city = models.CharField(max_length=100)
    commune_insee = models.CharField(max_length=5, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    timezone = models.CharField(max_length=40, default="Europe/Paris")
    # Keys of thèmes; empty: all. Acts at once, on mandats already signed too.
    allowed_themes = models.JSONField(default=list, blank=True)
    # base64 of 32 random bytes: without it nobody can tell a name from the tokens of the search.
    search_key = EncryptedTextField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # Whose sandbox this is: fictitious, theirs alone. Null: a true structure. Never changes.
    practice_of = models.ForeignKey(
        Compte, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = StructureQuerySet.as_manager()

    privacy = Privacy(
        purpose="Nommer l’organisation à qui la personne donne mandat.",
        retention="structure",
        personal={"practice_of"},
        sensitive={"search_key"},
        none={
            "name", "siret", "address", "postcode", "city", "commune_insee", "phone", "email", "timezone",
            "allowed_themes", "created_at", "closed_at",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["siret", "name"],
                condition=Q(closed_at=None, practice_of=None),
                name="one_open_structure_per_siret_and_name",
            ),
            models.UniqueConstraint(
                fields=["practice_of"],
                condition=Q(closed_at=None, practice_of__isnull=False),
                name="one_practice_structure_per_compte",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(siret=""), name="structure_has_a_name_and_a_siret"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("created_at")),
                name="structure_closes_after_it_opens",
            ),
        ]

    @property
    def is_active(self) -> bool:
        return self.closed_at is None

    @property
    def is_practice(self) -> bool:
        """A sandbox: nothing of it is true, nothing of it leaves (A-14)."""
        return self.practice_of_id is not None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which a mandat's last day ends."""
        return ZoneInfo(self.timezone)

    @property
    def search_key_bytes(self) -> bytes:
        """The key of the name index: 32 bytes, never shown."""
        return base64.b64decode(self.search_key)

    @property
    def postal_address(self) -> str:
        """One line: 1 place de la Mairie, 35000 Rennes."""
        return f"{self.address}, {self.postcode} {self.city}"


class AffectationQuerySet(models.QuerySet["Affectation"]):
    def live(self) -> "AffectationQuerySet":
        """Not ended. Says nothing of the habilitation, the structure nor the charter."""
        return self.filter(ended_at=None)

    def with_charte(self, version: str) -> "AffectationQuerySet":
        """Each with `charte_accepted`: this compte accepted that version for this structure (P-04)."""
        accepted = CharteAcceptance.objects.filter(
            compte=models.OuterRef("compte"),
            structure=models.OuterRef("structure"),
            version=version,
        )
        return self.annotate(charte_accepted=models.Exists(accepted))


class Affectation(PublicIdModel):
    """A compte works for a structure, from one day to another."""

    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="affectations")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="affectations")
    role = models.CharField(max_length=10, choices=Role.choices)
    # Null: not yet allowed to act. Written by the habilitation, or by an operator.
    habilite_at = models.DateTimeField(null=True, blank=True)
    # Keys of thèmes; empty: as the structure. Acts at once.
    allowed_themes = models.JSONField(default=list, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AffectationQuerySet.as_manager()

    privacy = Privacy(
        purpose="Savoir qui peut agir pour quelle structure, et depuis quand.",
        retention="compte",
        personal={"compte", "structure", "role", "started_at", "ended_at", "habilite_at"},
        sensitive=set(),
        none={"allowed_themes"},
    )

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["compte", "structure"],
                condition=Q(ended_at=None),
                name="one_live_affectation_per_compte_and_structure",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="affectation_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="affectation_role_is_known"
            ),
        ]

    @property
    def is_live(self) -> bool:
        return self.ended_at is None

    @property
    def is_referent(self) -> bool:
        return self.role == Role.REFERENT


class CharteAcceptance(PublicIdModel):
    """Someone accepted, by name, one version of the charte, to act for one structure (P-04)."""

    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="charte_acceptances")
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, related_name="charte_acceptances"
    )
    version = models.CharField(max_length=20)
    accepted_at = models.DateTimeField()

    privacy = Privacy(
        purpose="Prouver que chaque aidant a accepté la charte avant d’agir.",
        retention="compte",
        personal={"compte", "structure", "accepted_at"},
        sensitive=set(),
        none={"version"},
    )

    class Meta:
        ordering = ["accepted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["compte", "structure", "version"],
                name="one_acceptance_per_compte_structure_and_charte_version",
            ),
        ]


@dataclass(frozen=True)
class Acteur:
    """Who is acting: what every query and every action asks for.

    Made by the middleware in one query, and read again by `queries.reread` where a release depends on it.
    """

    kind: ActeurKind
    compte: Compte | None = None
    structure: Structure | None = None
    affectation: Affectation | None = None
    charte_accepted: bool = False
    # How many live affectations the compte has: more than one shows the switch.
    affectation_count: int = 0
    # Who looks at the screen beside them: the public id of an usager, another word for someone, or nothing (P-28).
    beside: str = ""

    @property
    def is_authenticated(self) -> bool:
        return self.compte is not None

    @property
    def author(self) -> Author:
        """As the journal names the author of a line."""
        if self.kind is ActeurKind.SYSTEM:
            return SYSTEM
        who: UUID | None = None if self.compte is None else self.compte.public_id
        where: UUID | None = None if self.structure is None else self.structure.public_id
        return Author(kind=self.kind.value, id=who, structure=where)

    @property
    def is_practising(self) -> bool:
        """In their own sandbox: fictitious people, nothing leaves (A-14)."""
        return self.structure is not None and self.structure.is_practice

    @property
    def is_referent(self) -> bool:
        return (
            self.kind is ActeurKind.REFERENT
            and self.affectation is not None
            and self.affectation.is_live
        )

    @property
    def is_operator(self) -> bool:
        return self.compte is not None and self.compte.is_active and self.compte.is_operator

    @property
    def _standing(self) -> Obstacle | None:
        """What both acting for usagers and managing people require."""
        if self.kind not in {ActeurKind.AIDANT, ActeurKind.REFERENT}:
            return Obstacle.NO_AFFECTATION
        if self.compte is None or self.structure is None or self.affectation is None:
            return Obstacle.NO_AFFECTATION
        if not self.affectation.is_live:
            return Obstacle.NO_AFFECTATION
        if not self.compte.is_active:
            return Obstacle.COMPTE_CLOSED
        return None if self.structure.is_active else Obstacle.STRUCTURE_CLOSED

    @property
    def obstacle(self) -> Obstacle | None:
        """The first reason why this acteur may not act for usagers; None when nothing stands in the way."""
        if self._standing is not None:
            return self._standing
        if self.affectation is not None and self.affectation.habilite_at is None:
            return Obstacle.NOT_HABILITE
        return None if self.charte_accepted else Obstacle.CHARTE

    @property
    def managing_obstacle(self) -> Obstacle | None:
        """The first reason why this acteur may not manage the people of the structure."""
        if self._standing is not None:
            return self._standing
        if not self.is_referent:
            return Obstacle.NOT_REFERENT
        return None if self.charte_accepted else Obstacle.CHARTE

    @property
    def may_act(self) -> bool:
        """Affectation live, compte and structure active, habilité, current charte accepted."""
        return self.obstacle is None

    @property
    def may_manage(self) -> bool:
        """A référent of an active structure who accepted the charte; need not be habilité."""
        return self.managing_obstacle is None

    def allows_theme(self, theme: str) -> bool:
        """Whether the structure and the affectation both let this thème through, now."""
        if self.structure is None or self.affectation is None:
            return False
        return theme_is_allowed(
            theme, self.structure.allowed_themes, self.affectation.allowed_themes
        )


ANONYMOUS = Acteur(kind=ActeurKind.ANONYMOUS)
SYSTEM_ACTEUR = Acteur(kind=ActeurKind.SYSTEM)
