"""What stands in the way of a release: read again from the database at each step (S-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BigAutoField, UUIDField
from django.utils.translation import gettext as _

from tandem.comptes import queries as comptes_queries
from tandem.comptes.models import OpenSession
from tandem.kernel.prepared import Prepared
from tandem.mandats import queries as mandats_queries
from tandem.mandats.models import Autorisation
from tandem.mandats.rules import AbsenceReason, Presence
from tandem.oidc_provider.models import Transaction
from tandem.oidc_provider.queries.parties import categories
from tandem.oidc_provider.queries.transactions import person_of
from tandem.oidc_provider.rules import identity
from tandem.oidc_provider.rules.choices import Step
from tandem.referentiels.rules import FRESH_CONFIRMATION_THEMES, REP_SCOPES
from tandem.structures import queries as structures_queries
from tandem.structures.models import Acteur, Structure
from tandem.usagers import queries as usagers_queries
from tandem.usagers.models import Usager
from tandem.usagers.rules import Rung


@dataclass(frozen=True)
class Obstacle:
    """What stands in the way: a code for the journal, a sentence for the aidant."""

    reason: str
    sentence: str


def obstacle(
    row: Transaction,
    *,
    acteur: Acteur,
    session_id: UUID | None,
    at: datetime,
    reread: bool = True,
) -> Obstacle | None:
    """The first condition of a release that does not hold now, everything being read again (S-02, FI-22).

    Asked at confirmation, token and userinfo, inside the transaction that releases: mandats answers for the
    aidant, the structure, the person and the mandat; the rest is ours. `row` was read by the caller once its rows
    were held; `reread` is for an acteur read before that.
    """
    now = structures_queries.reread(acteur) if reread else acteur
    return (
        _obstacle_of_practice(row, now)
        or _obstacle_of_party(row)
        or _obstacle_of_factor(now)
        or _obstacle_of_session(now, session_id)
        or _obstacle_of_mandat(row, now, at)
        or _obstacle_of_identity(row)
    )


def choice_obstacle(
    row: Transaction,
    *,
    acteur: Acteur,
    session_id: UUID | None,
    step: Step,
    at: datetime,
    reread: bool = True,
) -> Obstacle | None:
    """The same while the aidant is choosing: what comes after `step` is not asked yet.

    A page, which writes nothing, does not `reread` the acteur that its own request has just read.
    """
    now = structures_queries.reread(acteur) if reread else acteur
    if not now.may_act:
        return Obstacle(
            f"aidant_{now.obstacle}", _("Vous ne pouvez plus agir pour cette structure.")
        )
    found = (
        _obstacle_of_practice(row, now)
        or _obstacle_of_party(row)
        or _obstacle_of_factor(now)
        or _obstacle_of_session(now, session_id)
    )
    if found is None and step is not Step.USAGER:
        found = _obstacle_of_usager(row, now) or _obstacle_of_choice(row, now, step, at)
    return found


def _obstacle_of_practice(row: Transaction, acteur: Acteur) -> Obstacle | None:
    """Nothing of a sandbox leaves, at any step, whoever asks (A-14)."""
    touched = {
        one
        for one in (
            row.structure_id,
            None if row.usager is None else row.usager.structure_id,
            None if row.autorisation is None else row.autorisation.structure_id,
        )
        if one is not None and (acteur.structure is None or one != acteur.structure.pk)
    }
    # Nearly always nothing: the structure is the acteur's, read with them.
    elsewhere = Structure.objects.filter(pk__in=touched).exclude(practice_of=None)
    if not acteur.is_practising and not (touched and elsewhere.exists()):
        return None
    return Obstacle(
        "practice", _("C’est un entraînement : aucune identité n’est donnée à aucun service.")
    )


def _obstacle_of_party(row: Transaction) -> Obstacle | None:
    # Read with the row, at this very step.
    party = row.relying_party
    if not party.is_active or row.redirect_uri not in party.redirect_uris:
        return Obstacle("relying_party", _("Ce service ne peut plus se connecter par Tandem."))
    return None


def _obstacle_of_factor(acteur: Acteur) -> Obstacle | None:
    """The aidant still holds the second factor that this road asks for."""
    compte = acteur.compte
    if compte is not None and compte.enrolled_at is not None and comptes_queries.has_factor(compte):
        return None
    return Obstacle("factor", _("Votre second facteur n’est plus en place."))


_SESSION = Prepared(
    lambda session, compte: OpenSession.objects.filter(
        public_id=session, compte_id=compte
    ).order_by(),
    UUIDField(),
    BigAutoField(),
)


def _obstacle_of_session(acteur: Acteur, session_id: UUID | None) -> Obstacle | None:
    """A session closed from elsewhere stops what it began (P-39)."""
    compte = acteur.compte
    held = None if compte is None or session_id is None else _SESSION.first(session_id, compte.pk)
    if held is not None:
        return None
    return Obstacle("session", _("Votre session est fermée. Reconnectez-vous."))


def _obstacle_of_usager(row: Transaction, acteur: Acteur) -> Obstacle | None:
    if row.usager_id is None:
        return Obstacle("incomplete", _("Choisissez d’abord la personne."))
    usager = usagers_queries.seen_now(acteur, row.usager_id)
    if usager is None:
        return Obstacle("usager_not_visible", _("Vous ne suivez plus cette personne."))
    return usager_obstacle(usager, scopes=row.scopes)


def usager_obstacle(usager: Usager, *, scopes: Sequence[str]) -> Obstacle | None:
    """Why the identity of this person, just read, cannot be given, whatever the mandat says."""
    if (sentence := usagers_queries.use_refusal_of(usager)) is not None:
        return Obstacle("usager_stopped", sentence)
    if usager.rung != Rung.FRANCECONNECT:
        return Obstacle(
            "rung",
            _(
                "Cette personne ne s’est pas identifiée avec FranceConnect : son identité ne peut pas être remise."
            ),
        )
    return _identity_obstacle(usager, scopes)


def _obstacle_of_identity(row: Transaction) -> Obstacle | None:
    return None if row.usager is None else _identity_obstacle(row.usager, row.scopes)


def _identity_obstacle(usager: Usager, scopes: Sequence[str]) -> Obstacle | None:
    if (wrong := identity.problem(person_of(usager), scopes=scopes)) is None:
        return None
    if wrong == "email":
        return Obstacle("identity_email", usager.release_warning)
    return Obstacle(
        f"identity_{wrong}",
        _("L’identité de cette personne est incomplète : le service la refuserait."),
    )


def _obstacle_of_choice(
    row: Transaction, acteur: Acteur, step: Step, at: datetime
) -> Obstacle | None:
    lines = compatible_autorisations(row, acteur, at)
    if not lines:
        return Obstacle(
            "no_autorisation",
            _("Aucun mandat en cours de cette personne ne permet de se connecter à ce service."),
        )
    if step is not Step.CONFIRM:
        return None
    if row.autorisation not in lines:
        return Obstacle(
            "autorisation", _("Le mandat ne permet pas, ou plus, de se connecter à ce service.")
        )
    if row.autorisation is None or row.presence not in row.autorisation.presence_allowed:
        return Obstacle("presence", _("Le mandat ne permet pas d’agir de cette façon."))
    if row.presence == Presence.ABSENCE and row.absence_reason not in AbsenceReason.values:
        return Obstacle(
            "absence_reason", _("Dites pourquoi vous agissez en l’absence de la personne.")
        )
    return None


def _obstacle_of_mandat(row: Transaction, acteur: Acteur, at: datetime) -> Obstacle | None:
    """Every condition of mandats; the rows are already locked by whoever releases (R-12)."""
    if row.usager_id is None or row.autorisation is None:
        return Obstacle("incomplete", _("Il manque la personne ou la démarche."))
    if row.autorisation.usager_id != row.usager_id:
        return Obstacle("autorisation", _("Cette autorisation est celle d’une autre personne."))
    sentence = mandats_queries.use_refusal(
        acteur=acteur,
        autorisation=row.autorisation,
        presence=row.presence,
        at=at,
        requested_rep_scopes=list(row.rep_scopes),
        category_allowed=categories(row.relying_party),
        now=acteur,
    )
    if sentence is None:
        return None
    names = {str(condition.sentence): condition.name for condition in mandats_queries.CONDITIONS}
    return Obstacle(f"mandat_{names.get(sentence, 'other')}", sentence)


def compatible_autorisations(row: Transaction, acteur: Acteur, at: datetime) -> list[Autorisation]:
    """The live lines of the person chosen that this service may use: its thèmes, and those asked (P-07).

    Without périmètre asked, money and justice stay closed (decision 9).
    """
    if row.usager is None:
        return []
    allowed = categories(row.relying_party) or set(REP_SCOPES)
    if row.rep_scopes:
        allowed &= {theme for theme, label in REP_SCOPES.items() if label in row.rep_scopes}
    else:
        allowed -= FRESH_CONFIRMATION_THEMES
    usable = mandats_queries.autorisations_usable(acteur=acteur, usager=row.usager, at=at)
    return [one for one in usable if one.theme in allowed]
