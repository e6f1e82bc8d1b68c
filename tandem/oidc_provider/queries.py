"""Reads of the provider: who asks, what is under way, and what stands in the way of a release."""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tandem.comptes.models import OpenSession
from tandem.kernel.crypto import blind_index
from tandem.kernel.refusals import Refusal
from tandem.mandats import queries as mandats_queries
from tandem.mandats.models import Autorisation
from tandem.oidc_provider.models import RelyingParty, SigningKey, Transaction
from tandem.oidc_provider.rules import identity
from tandem.oidc_provider.rules.binding import Binding
from tandem.oidc_provider.rules.choices import Alg, EndKind
from tandem.oidc_provider.rules.jose import Jwk
from tandem.oidc_provider.rules.protocol import origin_of
from tandem.referentiels.rules import REP_SCOPES
from tandem.structures import queries as structures_queries
from tandem.structures.models import Acteur
from tandem.usagers import queries as usagers_queries
from tandem.usagers.models import Usager
from tandem.usagers.rules import Rung

class TransactionUnknown(Refusal):
    """No such transaction for this browser, this aidant, this structure: which one is not said."""

    status = 404
    code = "not_found"


class TransactionOver(Refusal):
    """The transaction took more than ten minutes, or is finished."""

    status = 409
    code = "transaction_over"


@dataclass(frozen=True)
class Obstacle:
    """What stands in the way: a code for the journal, a sentence for the aidant."""

    reason: str
    sentence: str


def active_relying_party(client_id: str) -> RelyingParty | None:
    """The relying party of that identifier, unless it was stopped."""
    if "\x00" in client_id or len(client_id) > 80:
        return None
    return RelyingParty.objects.filter(client_id=client_id, disabled_at=None).first()


def relying_parties() -> QuerySet[RelyingParty]:
    """All of them, stopped ones included, for the operator."""
    return RelyingParty.objects.order_by("client_id")


def origins_that_follow(party: RelyingParty, redirect_uri: str) -> list[str]:
    """Where a form of ours may lead: Chromium checks the whole chain of redirects (S-46)."""
    return sorted({origin_of(redirect_uri), *party.follow_origins})


def transaction_for(public_id: UUID, *, binding: Binding, acteur: Acteur) -> Transaction:
    """The transaction this browser began, and this aidant took if anyone did (S-03), alive or over.

    Raises:
        TransactionUnknown: none, or of another browser, session, aidant or structure.
    """
    row = Transaction.objects.select_related(*RELATED).filter(public_id=public_id).first()
    if row is None or not is_bound(row, binding=binding, acteur=acteur):
        raise TransactionUnknown(
            _("Cette connexion n’est pas à vous. Recommencez depuis le site du service.")
        )
    return row


def live_transaction_for(
    public_id: UUID, *, binding: Binding, acteur: Acteur, at: datetime
) -> Transaction:
    """The same, still under way.

    Raises:
        TransactionUnknown: none, or of another browser, session, aidant or structure.
        TransactionOver: too old, confirmed or abandoned.
    """
    row = transaction_for(public_id, binding=binding, acteur=acteur)
    ensure_live(row, at)
    return row


def ensure_live(row: Transaction, at: datetime) -> None:
    """Raises TransactionOver when the transaction is too old, confirmed or abandoned."""
    if row.ended_at is not None or row.expires_at <= at:
        raise TransactionOver(
            _("Cette connexion est terminée. Recommencez depuis le site du service.")
        )


RELATED = (
    "relying_party", "compte", "affectation", "structure", "usager", "autorisation", "autorisation__mandat"
)  # fmt: skip


def is_bound(row: Transaction, *, binding: Binding, acteur: Acteur) -> bool:
    """Browser always; session, aidant, affectation and structure once somebody took it: all compared."""
    if not hmac.compare_digest(row.browser_hash, binding.browser_hash):
        return False
    if row.compte_id is None:
        return True
    mine = (
        None if acteur.compte is None else acteur.compte.pk,
        None if acteur.affectation is None else acteur.affectation.pk,
        None if acteur.structure is None else acteur.structure.pk,
        binding.session_id,
    )
    return mine == (row.compte_id, row.affectation_id, row.structure_id, row.session_id)


def session_name(session_key: str | None, acteur: Acteur) -> UUID | None:
    """The name of the session that speaks: it stays when the key changes. None when it is not known."""
    if not session_key or acteur.compte is None:
        return None
    rows = OpenSession.objects.filter(session_key=session_key, compte=acteur.compte)
    return rows.values_list("public_id", flat=True).first()


def obstacle(row: Transaction, *, acteur: Acteur, session_id: UUID | None, at: datetime) -> Obstacle | None:
    """The first condition that does not hold now, everything being read again (S-02, FI-22).

    Asked at each step, from the page to userinfo: what is not chosen yet is not asked yet.
    """
    now = structures_queries.reread(acteur)
    return (
        _obstacle_of_party(row)
        or _obstacle_of_aidant(now, session_id)
        or _obstacle_of_usager(row, now)
        or _obstacle_of_autorisation(row, now, at)
    )


def _obstacle_of_party(row: Transaction) -> Obstacle | None:
    party = RelyingParty.objects.filter(pk=row.relying_party_id, disabled_at=None).first()
    if party is None or row.redirect_uri not in party.redirect_uris:
        return Obstacle("relying_party", _("Ce service ne peut plus se connecter par Tandem."))
    return None


def _obstacle_of_aidant(acteur: Acteur, session_id: UUID | None) -> Obstacle | None:
    if not acteur.may_act or acteur.compte is None:
        return Obstacle("aidant", _("Vous ne pouvez plus agir pour cette structure."))
    if acteur.compte.enrolled_at is None:
        return Obstacle("factor", _("Votre second facteur n’est plus en place."))
    if not OpenSession.objects.filter(public_id=session_id, compte=acteur.compte).exists():
        return Obstacle("session", _("Votre session est fermée. Reconnectez-vous."))
    return None


def _obstacle_of_usager(row: Transaction, acteur: Acteur) -> Obstacle | None:
    if row.usager_id is None:
        return None
    usager = usagers_queries.usagers_visible_to(acteur).filter(pk=row.usager_id).first()
    if usager is None:
        return Obstacle("usager", _("Vous ne suivez plus cette personne."))
    return usager_obstacle(usager)


def usager_obstacle(usager: Usager) -> Obstacle | None:
    """Why the identity of this person cannot be given, whatever the mandat says."""
    if usager.died_known_at is not None or usager.frozen_at is not None:
        return Obstacle("usager", _("Personne ne peut agir pour cette personne en ce moment."))
    if usager.rung != Rung.FRANCECONNECT:
        return Obstacle(
            "rung",
            _("Cette personne ne s’est pas identifiée avec FranceConnect : son identité ne peut pas être remise."),
        )
    if (wrong := identity.problem(person_of(usager))) is not None:
        return Obstacle(
            f"identity_{wrong}", _("L’identité de cette personne est incomplète : FranceConnect la refuserait.")
        )
    return None


def _obstacle_of_autorisation(row: Transaction, acteur: Acteur, at: datetime) -> Obstacle | None:
    if row.autorisation_id is None:
        return None
    autorisation = Autorisation.objects.select_related("mandat", "usager", "structure").get(
        pk=row.autorisation_id
    )
    if autorisation.usager_id != row.usager_id or autorisation.structure_id != row.structure_id:
        return Obstacle("autorisation", _("Cette autorisation n’est pas celle de la personne choisie."))
    sentence = mandats_queries.use_refusal(
        acteur=acteur,
        autorisation=autorisation,
        presence=row.presence,
        at=at,
        requested_rep_scopes=list(row.rep_scopes),
        category_allowed=categories(row.relying_party),
    )
    return None if sentence is None else Obstacle("mandat", sentence)


def categories(party: RelyingParty) -> set[str] | None:
    """The thèmes this relying party may be given; None when all (P-07)."""
    return set(party.themes) or None


def person_of(usager: Usager) -> identity.Person:
    """The civil identity of an usager, decrypted."""
    return identity.Person(
        given_names=usager.given_names,
        family_name=usager.family_name,
        preferred_name=usager.preferred_name,
        birthdate=usager.birthdate,
        gender=usager.gender,
        birthplace=usager.birthplace,
        birthcountry=usager.birthcountry,
        email=usager.email,
    )


def compatible_autorisations(row: Transaction, acteur: Acteur, at: datetime) -> list[Autorisation]:
    """The live lines of the person chosen that this service may use: same thème, and asked (P-07)."""
    if row.usager is None:
        return []
    allowed = categories(row.relying_party) or set(REP_SCOPES)
    if row.rep_scopes:
        allowed &= {theme for theme, label in REP_SCOPES.items() if label in row.rep_scopes}
    usable = mandats_queries.autorisations_usable(acteur=acteur, usager=row.usager, at=at)
    return [one for one in usable if one.theme in allowed and acteur.allows_theme(one.theme)]


def subject_of(party: RelyingParty, usager: Usager) -> str:
    """Opaque, stable, and different for each relying party (FI-14)."""
    return blind_index(f"{party.client_id}\0{usager.public_id}", domain="oidc_provider.sub")


def act_of(row: Transaction) -> dict[str, str] | None:
    """Who acts, for a relying party that accepts to hear it (decision 8, RFC 8693); None otherwise."""
    if not row.relying_party.accepts_act or row.structure is None or row.autorisation is None or row.compte is None:
        return None
    pseudonym = blind_index(
        f"{row.relying_party.client_id}\0{row.compte.public_id}", domain="oidc_provider.act"
    )
    return {"sub": pseudonym, "siret": row.structure.siret, "mandat": str(row.autorisation.mandat.public_id)}


def published_keys(at: datetime) -> QuerySet[SigningKey]:
    """Keys of the JWKS: those that sign, will sign, or have signed not long ago (FI-15)."""
    return SigningKey.objects.filter(Q(published_until=None) | Q(published_until__gt=at))


def signing_key(alg: Alg, at: datetime) -> SigningKey:
    """The key that signs now.

    Raises:
        SigningKey.DoesNotExist: none was made for this algorithm; `relying_party_add` makes them.
    """
    return (
        published_keys(at)
        .filter(Q(signs_until=None) | Q(signs_until__gt=at), alg=alg, signs_from__lte=at)
        .order_by("-signs_from", "-pk")[:1]
        .get()
    )


def private_key(key: SigningKey) -> Jwk:
    """The private part, decrypted: used at once, never kept."""
    found: Jwk = json.loads(key.private_jwk)
    return found


def dump_key(private: Jwk) -> str:
    """The private part as it is encrypted."""
    return json.dumps(private, sort_keys=True)


def signing_algs(at: datetime) -> Sequence[str]:
    """Algorithms that some active relying party uses; ES256 when there is none yet."""
    used = RelyingParty.objects.filter(disabled_at=None).values_list("id_token_alg", "userinfo_alg")
    return sorted({alg for pair in used for alg in pair if alg}) or [Alg.ES256.value]


def accompagnements_to_end(acteur: Acteur) -> QuerySet[Transaction]:
    """Uses of the last day that the aidant has not yet said to be over (decision 5)."""
    return Transaction.objects.filter(
        compte=acteur.compte,
        structure=acteur.structure,
        end_kind=EndKind.CONFIRMED,
        closed_at=None,
    ).select_related("usager", "relying_party")
