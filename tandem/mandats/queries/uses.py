"""May this line be used now? Every condition of S-02, read from the database at each asking.

The conditions are a table: the tests take it row by row, so none can be added without being shown to
bite, nor dropped without a test that misses it.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tandem.mandats.models import Autorisation, Confirmation, MandatAidant
from tandem.mandats.rules import ConfirmationKind, ConsentMethod, Presence
from tandem.referentiels.queries import themes
from tandem.referentiels.rules import FRESH_CONFIRMATION_THEMES, REP_SCOPES
from tandem.structures.models import Acteur
from tandem.structures.queries import reread
from tandem.structures.rules import Obstacle
from tandem.usagers.models import Usager
from tandem.usagers.queries import usagers_visible_to
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


def use_facts(
    *,
    acteur: Acteur,
    autorisation: Autorisation,
    presence: str,
    at: datetime,
    requested_rep_scopes: Sequence[str] = (),
    category_allowed: AbstractSet[str] | None = None,
    lock: bool = False,
) -> UseFacts:
    """The facts as the database holds them now, in at most seven queries."""
    if lock:
        # The usager first, in a query of its own: what ends a line holds the same lock, and the line is
        # then read as it was left.
        Usager.objects.select_for_update(of=("self",), no_key=True).get(pk=autorisation.usager_id)
    line = Autorisation.objects.select_related(
        "structure", "mandat__structure", "mandat__usager", "usager__structure"
    ).get(pk=autorisation.pk)
    now = reread(acteur)
    named = line.mandat.whole_team or (
        now.affectation is not None
        and MandatAidant.objects.filter(mandat=line.mandat, affectation=now.affectation).exists()
    )
    return UseFacts(
        acteur=now,
        line=line,
        visible=usagers_visible_to(now).filter(pk=line.usager_id).exists(),
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
) -> str | None:
    """Why this use is refused now, in a French sentence; None when every condition of S-02 holds.

    `category_allowed`: thèmes the relying party may ask (None: all). `lock` keeps the person's row until the
    end of the caller's transaction, so that no revocation slips in between the answer and the release (R-12).
    """
    facts = use_facts(
        acteur=acteur,
        autorisation=autorisation,
        presence=presence,
        at=at,
        requested_rep_scopes=requested_rep_scopes,
        category_allowed=category_allowed,
        lock=lock,
    )
    return first_refusal(facts)


def first_refusal(facts: UseFacts, *, without: AbstractSet[str] = frozenset()) -> str | None:
    """The sentence of the first condition that does not hold, those named apart."""
    asked = (condition for condition in CONDITIONS if condition.name not in without)
    refused = next((condition for condition in asked if condition.refuses(facts)), None)
    return None if refused is None else str(refused.sentence)


def autorisations_usable(*, acteur: Acteur, usager: Usager, at: datetime) -> QuerySet[Autorisation]:
    """The live lines of a person that this acteur may choose now at FranceConnect; the use is checked again.

    None of a mandat signed on paper (P-32).
    """
    if acteur.structure is None or acteur.affectation is None:
        return Autorisation.objects.none()
    allowed = [theme.key for theme in themes() if acteur.allows_theme(theme.key)]
    named = Q(mandat__whole_team=True) | Q(
        mandat__in=MandatAidant.objects.filter(affectation=acteur.affectation).values("mandat")
    )
    return (
        Autorisation.objects.active(at=at)
        .filter(
            named,
            Q(mandat__cool_off_until=None) | Q(mandat__cool_off_until__lte=at),
            structure=acteur.structure,
            usager=usager,
            usager__in=usagers_visible_to(acteur),
            theme__in=allowed,
            mandat__rung=Rung.FRANCECONNECT,
        )
        .exclude(mandat__consent_method=ConsentMethod.PAPER)
        .select_related("mandat")
        .order_by("theme", "scope")
    )
