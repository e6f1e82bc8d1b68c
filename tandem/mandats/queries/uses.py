"""May this line be used now? Every condition of S-02, read from the database at each asking.

The conditions are a table: the tests take it row by row, so none can be added without being shown to
bite, nor dropped without a test that misses it.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connections
from django.db.models import BigAutoField, DateTimeField, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tandem.kernel.prepared import Prepared
from tandem.mandats.models import Autorisation, Confirmation, MandatAidant
from tandem.mandats.rules import ConfirmationKind, ConsentMethod, Presence
from tandem.referentiels.rules import FRESH_CONFIRMATION_THEMES, REP_SCOPES
from tandem.structures.models import Acteur
from tandem.structures.queries import reread
from tandem.structures.rules import Obstacle
from tandem.usagers.models import Usager
from tandem.usagers.queries import seen_at, seen_now
from tandem.usagers.rules import Capability, Rung, rung_allows


@dataclass(frozen=True)
class UseFacts:
    """What the conditions look at: rows read again, and what is asked."""

    acteur: Acteur
    line: Autorisation
    visible: bool
    named: bool
    confirmed: bool
    presence: str
    requested: frozenset[str]
    category: AbstractSet[str] | None
    at: datetime

    @property
    def usager(self) -> Usager:
        return self.line.usager


@dataclass(frozen=True)
class Condition:
    """One condition of a use: its name, when it refuses, and what is then said."""

    name: str
    refuses: Callable[[UseFacts], bool]
    sentence: str | Promise


def _obstacle(obstacle: Obstacle) -> Callable[[UseFacts], bool]:
    return lambda facts: facts.acteur.obstacle == obstacle


CONDITIONS: tuple[Condition, ...] = (
    # First of all: no door opens on what is not true. Both the line and whoever asks are looked at.
    Condition(
        "not_practice",
        lambda f: f.acteur.is_practising or f.line.structure.is_practice,
        _("C’est un entraînement : rien ne sort, et FranceConnect ne reçoit aucune identité."),
    ),
    Condition(
        "affectation_live",
        _obstacle(Obstacle.NO_AFFECTATION),
        _("Vous n’êtes plus rattaché à cette structure."),
    ),
    Condition("compte_active", _obstacle(Obstacle.COMPTE_CLOSED), _("Votre compte est fermé.")),
    Condition(
        "structure_open",
        _obstacle(Obstacle.STRUCTURE_CLOSED),
        _("Votre structure n’est plus active."),
    ),
    Condition(
        "habilite", _obstacle(Obstacle.NOT_HABILITE), _("Vous n’êtes pas encore habilité à agir.")
    ),
    Condition(
        "charte", _obstacle(Obstacle.CHARTE), _("Acceptez d’abord la charte pour pouvoir agir.")
    ),
    Condition(
        "same_structure",
        lambda f: f.acteur.structure is None or f.line.structure_id != f.acteur.structure.pk,
        _("Ce mandat a été donné à une autre structure."),
    ),
    Condition(
        "team_access",
        lambda f: not f.visible,
        _("Vous ne suivez pas cette personne : demandez à votre référent."),
    ),
    Condition(
        "named",
        lambda f: not f.named,
        _("La personne a choisi les aidants de ce mandat, et vous n’en faites pas partie."),
    ),
    Condition(
        "line_not_ended",
        lambda f: f.line.ended_at is not None,
        _("Cette autorisation est arrêtée."),
    ),
    Condition(
        "mandat_not_ended",
        lambda f: f.line.mandat.ended_at is not None,
        _("Ce mandat est arrêté."),
    ),
    Condition(
        "line_started",
        lambda f: f.at < f.line.started_at,
        _("Cette autorisation n’a pas encore commencé."),
    ),
    Condition(
        "line_not_past",
        lambda f: f.at >= f.line.ends_at,
        _("Ce mandat est arrivé à sa date de fin."),
    ),
    Condition(
        "cool_off",
        lambda f: f.line.mandat.cool_off_until is not None and f.at < f.line.mandat.cool_off_until,
        _("Ce mandat servira à partir du lendemain de sa signature."),
    ),
    Condition(
        "usager_alive",
        lambda f: f.usager.died_known_at is not None or f.usager.erased_at is not None,
        _("Plus personne ne peut agir au nom de cette personne."),
    ),
    Condition(
        "usager_not_frozen",
        lambda f: f.usager.frozen_at is not None,
        _("Le dossier est suspendu : plus personne ne peut agir pour le moment."),
    ),
    Condition(
        "rung",
        lambda f: (
            not rung_allows(
                f.usager.rung,
                Capability.RELEASE,
                established_at=f.usager.rung_established_at,
                at=f.at,
            )
        ),
        _("L’identité n’a pas été vérifiée par FranceConnect : elle ne peut pas être transmise."),
    ),
    Condition(
        "signed_on_paper",
        lambda f: f.line.mandat.consent_method == ConsentMethod.PAPER,
        _(
            "Ce mandat est signé sur papier : il ne permet jamais de se connecter par FranceConnect."
        ),
    ),
    Condition(
        "signed_below_franceconnect",
        lambda f: f.line.mandat.rung != Rung.FRANCECONNECT,
        _("Ce mandat a été signé sans FranceConnect : il ne permet pas de s’y connecter."),
    ),
    Condition(
        "rung_of_paper",
        lambda f: (
            not rung_allows(
                f.usager.rung,
                Capability.PAPER,
                established_at=f.usager.rung_established_at,
                at=f.at,
            )
        ),
        _("Personne n’a vu de pièce d’identité : aidez la personne à côté d’elle."),
    ),
    Condition(
        "theme_of_acteur",
        lambda f: not f.acteur.allows_theme(f.line.theme),
        _("Votre structure ne vous permet pas d’agir dans ce thème."),
    ),
    Condition(
        "presence_known",
        lambda f: f.presence not in Presence.values,
        _("Dites si la personne est présente, au téléphone ou absente."),
    ),
    Condition(
        "presence_allowed",
        lambda f: f.presence not in f.line.presence_allowed,
        _("Le mandat ne permet pas d’agir de cette façon pour cette démarche."),
    ),
    Condition(
        "category",
        lambda f: f.category is not None and f.line.theme not in f.category,
        _("Cette démarche ne correspond pas à ce service."),
    ),
    Condition(
        "rep_scope",
        lambda f: bool(f.requested) and REP_SCOPES.get(f.line.theme) not in f.requested,
        _("Ce service n’accepte pas ce thème du mandat."),
    ),
    Condition(
        "rep_scope_declared",
        lambda f: f.line.theme in FRESH_CONFIRMATION_THEMES and not f.requested,
        _("Ce service ne dit pas ce qu’il couvre : l’argent et la justice restent fermés."),
    ),
    Condition(
        "fresh_confirmation",
        lambda f: f.line.theme in FRESH_CONFIRMATION_THEMES and not f.confirmed,
        _(
            "Pour l’argent et la justice, la personne confirme à chaque fois : par un code ou sur papier."
        ),
    ),
)

# Those that only who knows the service can ask (P-07).
OF_THE_SERVICE = frozenset({"category", "rep_scope", "rep_scope_declared"})
# Those of an identity given through FranceConnect: a letter or a call asks for less (P-32).
# What stays in a sandbox neither.
OF_RELEASE = frozenset({"not_practice", "rung", "signed_on_paper", "signed_below_franceconnect"})


def fresh_confirmation(autorisation: Autorisation, *, at: datetime) -> Confirmation | None:
    """The person's confirmation that may still open an act at `at`, if any (P-06).

    The paper of the day is worth its day; a code, the one act it was read for.
    """
    worth = _confirmations(autorisation, at=at)
    spent = Q(kind=ConfirmationKind.CODE, usages__isnull=False)
    return worth.exclude(spent).order_by("-confirmed_at", "-pk").first()


def _confirmations(autorisation: Autorisation, *, at: datetime) -> QuerySet[Confirmation]:
    return Confirmation.objects.filter(
        autorisation=autorisation, confirmed_at__lte=at, valid_until__gt=at
    )


def needs_confirmation(autorisation: Autorisation) -> bool:
    """Whether the person confirms each use of this line (P-06)."""
    return autorisation.theme in FRESH_CONFIRMATION_THEMES


_LINE = Prepared(
    lambda pk: (
        Autorisation.objects.select_related("structure", "mandat", "usager")
        .filter(pk=pk)
        .order_by()
    ),
    BigAutoField(),
)


def _line_now(autorisation: Autorisation) -> Autorisation:
    """The line, its mandat, its person and their structure, as they are now."""
    line = _LINE.first(autorisation.pk)
    if line is None:
        raise Autorisation.DoesNotExist
    # One structure for the three (constraints of their tables), read once.
    if line.mandat.structure_id == line.structure_id:
        line.mandat.structure = line.structure
    if line.usager.structure_id == line.structure_id:
        line.usager.structure = line.structure
    if line.mandat.usager_id == line.usager_id:
        line.mandat.usager = line.usager
    return line


def _lock_usager(pk: int) -> None:
    """First of all, in a query of its own: what ends a line holds the same lock.

    The line is then read as it was left. On SQLite the transaction holds the whole database from its first statement.
    """
    if connections[Usager.objects.db].features.has_select_for_update:
        held = Usager.objects.select_for_update(no_key=True).filter(pk=pk)
        held.order_by().values_list("pk").get()


def use_facts(
    *,
    acteur: Acteur,
    autorisation: Autorisation,
    presence: str,
    at: datetime,
    requested_rep_scopes: Sequence[str] = (),
    category_allowed: AbstractSet[str] | None = None,
    lock: bool = False,
    now: Acteur | None = None,
) -> UseFacts:
    """The facts as the database holds them now, in at most six queries.

    `now`: the acteur, when the caller has just read them again for this very answer.
    """
    if lock:
        _lock_usager(autorisation.usager_id)
    line = _line_now(autorisation)
    now = now or reread(acteur)
    named = line.mandat.whole_team or (
        now.affectation is not None
        and MandatAidant.objects.filter(mandat=line.mandat, affectation=now.affectation).exists()
    )
    return UseFacts(
        acteur=now,
        line=line,
        visible=seen_now(now, line.usager_id) is not None,
        named=named,
        # Spent or not: token and userinfo ask again for the act that spent it. `record_use` asks for one unspent.
        confirmed=needs_confirmation(line) and _confirmations(line, at=at).exists(),
        presence=presence,
        requested=frozenset(requested_rep_scopes),
        category=category_allowed,
        at=at,
    )


def use_refusal(
    *,
    acteur: Acteur,
    autorisation: Autorisation,
    presence: str,
    at: datetime,
    requested_rep_scopes: Sequence[str] = (),
    category_allowed: AbstractSet[str] | None = None,
    lock: bool = False,
    now: Acteur | None = None,
) -> str | None:
    """Why this use is refused now, in a French sentence; None when every condition of S-02 holds.

    `category_allowed`: thèmes the relying party may ask (None: all). `lock` keeps the person's row until the
    end of the caller's transaction, so that no revocation slips in between the answer and the release (R-12).
    `now`: the acteur as the caller has just read them again for this very answer.
    """
    facts = use_facts(
        acteur=acteur,
        autorisation=autorisation,
        presence=presence,
        at=at,
        requested_rep_scopes=requested_rep_scopes,
        category_allowed=category_allowed,
        lock=lock,
        now=now,
    )
    return first_refusal(facts)


def first_refusal(facts: UseFacts, *, without: AbstractSet[str] = frozenset()) -> str | None:
    """The sentence of the first condition that does not hold, those named apart."""
    asked = (condition for condition in CONDITIONS if condition.name not in without)
    refused = next((condition for condition in asked if condition.refuses(facts)), None)
    return None if refused is None else str(refused.sentence)


def _usable(at: Any, structure: Any, usager: Any, affectation: Any) -> QuerySet[Autorisation]:
    named = Q(mandat__whole_team=True) | Q(
        Exists(MandatAidant.objects.filter(affectation=affectation, mandat=OuterRef("mandat")))
    )
    return (
        Autorisation.objects.active(at=at)
        .filter(
            named,
            Q(mandat__cool_off_until=None) | Q(mandat__cool_off_until__lte=at),
            seen_at(structure, affectation, "usager"),
            structure=structure,
            usager=usager,
            mandat__rung=Rung.FRANCECONNECT,
        )
        .exclude(mandat__consent_method=ConsentMethod.PAPER)
        .select_related("mandat")
        .order_by("theme", "scope")
    )


_USABLE = Prepared(_usable, DateTimeField(), BigAutoField(), BigAutoField(), BigAutoField())


def autorisations_usable(*, acteur: Acteur, usager: Usager, at: datetime) -> list[Autorisation]:
    """The live lines of a person that this acteur may choose now at FranceConnect; the use is checked again.

    None of a mandat signed on paper (P-32).
    """
    if not acteur.may_act or acteur.structure is None or acteur.affectation is None:
        return []
    found = _USABLE.all(at, acteur.structure.pk, usager.pk, acteur.affectation.pk)
    return [line for line in found if acteur.allows_theme(line.theme)]
