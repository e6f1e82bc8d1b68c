"""Transactions under way, and what their answers say."""

import hmac
from datetime import datetime
from uuid import UUID

from django.db.models import BigAutoField, QuerySet, UUIDField
from django.utils.translation import gettext as _

from tandem.kernel.crypto import blind_index
from tandem.kernel.prepared import Prepared
from tandem.kernel.refusals import Refusal
from tandem.mandats.models import Mandat
from tandem.mandats.rules import Duree
from tandem.oidc_provider.models import RelyingParty, Transaction
from tandem.oidc_provider.rules import identity
from tandem.oidc_provider.rules.binding import Binding
from tandem.oidc_provider.rules.choices import EndKind
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager
from tandem.usagers.queries import usagers_visible_to

# What every step looks at; who acts and where is read apart, as they are now.
RELATED = ("relying_party", "usager", "autorisation", "autorisation__mandat")
_NAMED = Prepared(
    lambda public_id: (
        Transaction.objects.select_related(*RELATED).filter(public_id=public_id).order_by()
    ),
    UUIDField(),
)
_OF_KEY = Prepared(
    lambda pk: Transaction.objects.select_related(*RELATED).filter(pk=pk).order_by(),
    BigAutoField(),
)


class TransactionUnknown(Refusal):
    """No such transaction for this browser, this aidant, this structure: which one is not said."""

    status = 404
    code = "not_found"


class TransactionOver(Refusal):
    """The transaction took more than ten minutes, or is finished."""

    status = 409
    code = "transaction_over"


def transaction_for(public_id: UUID, *, binding: Binding, acteur: Acteur) -> Transaction:
    """The transaction this browser began, and this aidant took if anyone did (S-03), alive or over.

    Raises:
        TransactionUnknown: none, or of another browser, session, aidant or structure.
    """
    row = _NAMED.first(public_id)
    if row is None or not is_bound(row, binding=binding, acteur=acteur):
        raise TransactionUnknown(
            _("Cette connexion n’est pas à vous. Recommencez depuis le site du service.")
        )
    return row


def read_again(row: Transaction) -> Transaction:
    """The same transaction as the database holds it now, with all that a release looks at; one query.

    Raises:
        Transaction.DoesNotExist: forgotten since.
    """
    found = _OF_KEY.first(row.pk)
    if found is None:
        raise Transaction.DoesNotExist
    return found


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


def choice_of(row: Transaction) -> str:
    """What was chosen, as a mark that the confirmation page carries: another choice has another mark."""
    usager = None if row.usager is None else row.usager.public_id
    autorisation = None if row.autorisation is None else row.autorisation.public_id
    chosen = (usager, autorisation, row.presence, row.absence_reason, row.service_declared or "")
    return blind_index(
        "\0".join(str(one) for one in chosen), domain=f"oidc_provider.choice:{row.public_id}"
    )


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


def subject_of(party: RelyingParty, usager: Usager) -> str:
    """Opaque, stable, and different for each relying party (FI-14)."""
    return blind_index(f"{party.client_id}\0{usager.public_id}", domain="oidc_provider.sub")


def act_of(row: Transaction) -> dict[str, str] | None:
    """Who acts, for a relying party that accepts to hear it (decision 8, RFC 8693); None otherwise."""
    if (
        not row.relying_party.accepts_act
        or row.structure is None
        or row.autorisation is None
        or row.compte is None
    ):
        return None
    pseudonym = blind_index(
        f"{row.relying_party.client_id}\0{row.compte.public_id}", domain="oidc_provider.act"
    )
    return {
        "sub": pseudonym,
        "siret": row.structure.siret,
        "mandat": str(row.autorisation.mandat.public_id),
    }


def _accompagnements(acteur: Acteur) -> QuerySet[Transaction]:
    """The uses of this aidant in this structure, of the people they still see: everything is asked again (P-10)."""
    return Transaction.objects.filter(
        compte=acteur.compte,
        structure=acteur.structure,
        affectation=acteur.affectation,
        end_kind=EndKind.CONFIRMED,
        usager__in=usagers_visible_to(acteur),
    ).select_related("usager", "relying_party", "autorisation__mandat__structure")


def accompagnements_to_end(acteur: Acteur) -> QuerySet[Transaction]:
    """Uses of the last day that the aidant has not yet said to be over (decision 5)."""
    return _accompagnements(acteur).filter(closed_at=None)


def accompagnement_for(public_id: UUID, acteur: Acteur) -> Transaction:
    """One use of this aidant in this structure, closed already or not.

    Raises:
        TransactionUnknown: of another, of a person they do not see any more, or forgotten since.
    """
    row = _accompagnements(acteur).filter(public_id=public_id).first()
    if row is None:
        raise TransactionUnknown(
            _("Cet accompagnement n’est pas à vous, ou il date de plus d’un jour.")
        )
    return row


def one_act_of(row: Transaction, at: datetime) -> Mandat | None:
    """The mandat of a use, when it is for one act and still alive: it ends once its démarche is filed."""
    mandat = None if row.autorisation is None else row.autorisation.mandat
    if mandat is None or mandat.duree != Duree.ACTE:
        return None
    return mandat if mandat.ended_at is None and mandat.ends_at > at else None
