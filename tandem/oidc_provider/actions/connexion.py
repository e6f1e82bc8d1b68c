"""A connexion, from the request of a relying party to the code the browser carries back."""

import hmac
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.db import transaction as database
from django.utils.translation import gettext as _

from tandem.comptes import actions as comptes_actions
from tandem.comptes.rules import GestureResponse
from tandem.journal.actions import record
from tandem.journal.rules import Subject
from tandem.kernel.crypto import blind_index
from tandem.kernel.refusals import Refusal
from tandem.mandats import actions as mandats_actions
from tandem.mandats import queries as mandats_queries
from tandem.mandats.models import Autorisation
from tandem.mandats.rules import Presence
from tandem.oidc_provider import events, queries
from tandem.oidc_provider.models import AuthorizationCode, RelyingParty, Transaction
from tandem.oidc_provider.queries import Obstacle
from tandem.oidc_provider.rules.binding import Binding, sha256, use_act
from tandem.oidc_provider.rules.choices import CODE_LIFE, TRANSACTION_LIFE, EndKind, Step
from tandem.oidc_provider.rules.protocol import AuthorizeRequest, redirect_with
from tandem.structures import queries as structures_queries
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager

_TAKEN_BY = ("compte", "affectation", "structure", "session_id", "usager")
_CHOSEN = ("autorisation", "presence", "absence_reason", "service_declared")


class UseRefused(Refusal):
    """Nothing is released; the message says why. Journaled."""

    code = "use_refused"


class ChoiceChanged(Refusal):
    """Not what the page showed: the choice was changed in another tab. Nothing is released."""

    code = "choice_changed"


def begin_transaction(
    *,
    party: RelyingParty,
    redirect_uri: str,
    asked: AuthorizeRequest,
    binding: Binding,
    at: datetime,
) -> Transaction:
    """Keep a request that was checked, tied to the browser that brought it (decision 11)."""
    return Transaction.objects.create(
        relying_party=party,
        redirect_uri=redirect_uri,
        state=asked.state,
        nonce=asked.nonce,
        scopes=list(asked.scopes),
        rep_scopes=list(asked.rep_scopes),
        code_challenge=asked.code_challenge,
        browser_hash=binding.browser_hash,
        created_at=at,
        expires_at=at + TRANSACTION_LIFE,
    )


def choose_usager(
    *, acteur: Acteur, row: Transaction, binding: Binding, usager: Usager, at: datetime
) -> Transaction:
    """Take the transaction for this aidant, structure and session, and say for whom it is (S-03).

    Raises:
        TransactionUnknown, TransactionOver: taken by another meanwhile, or over.
        UseRefused: a condition does not hold any more.
    """
    with database.atomic():
        held = _held(row, binding=binding, acteur=acteur, at=at)
        held.compte, held.affectation, held.structure = (
            acteur.compte,
            acteur.affectation,
            acteur.structure,
        )
        held.session_id = binding.session_id
        held.usager, held.autorisation = usager, None
        held.presence, held.absence_reason, held.service_declared = "", "", None
        found = queries.choice_obstacle(
            held, acteur=acteur, session_id=binding.session_id, step=Step.DEMARCHE, at=at
        )
        if found is None:
            held.save(update_fields=[*_TAKEN_BY, *_CHOSEN])
            return held
    raise _refused(held, acteur, Step.USAGER, found, at)


def choose_autorisation(
    *,
    acteur: Acteur,
    row: Transaction,
    binding: Binding,
    autorisation: Autorisation,
    presence: str,
    absence_reason: str,
    service_declared: str,
    at: datetime,
) -> Transaction:
    """Say what the connexion is for, where the person is, and at which service (P-05, P-07).

    Raises:
        TransactionUnknown, TransactionOver: of another, or over.
        UseRefused: not covered by the mandat, by what the service asked, or by a condition that changed.
    """
    with database.atomic():
        held = _held(row, binding=binding, acteur=acteur, at=at)
        held.autorisation = autorisation
        held.presence = presence
        held.absence_reason = absence_reason if presence == Presence.ABSENCE else ""
        held.service_declared = service_declared
        found = queries.choice_obstacle(
            held, acteur=acteur, session_id=binding.session_id, step=Step.CONFIRM, at=at
        )
        if found is None:
            held.save(update_fields=_CHOSEN)
            return held
    raise _refused(held, acteur, Step.DEMARCHE, found, at)


def confirm_use(
    *, acteur: Acteur, row: Transaction, binding: Binding, shown: str, response: GestureResponse, at: datetime
) -> str:  # fmt: skip
    """The aidant confirms by a gesture: one use is recorded, one code is issued. Where to send the browser.

    Confirmed twice (double click), the same transaction answers the same and records nothing more.

    Raises:
        TransactionUnknown, TransactionOver: of another, or over.
        ChoiceChanged: the person, the line or the way is not the one shown.
        GestureRefused: the second factor was not shown for this act (S-08).
        UseRefused: a condition does not hold any more, or the person has not confirmed (P-06).
    """
    if acteur.compte is None:
        raise queries.TransactionUnknown(_("Cette connexion n’est pas à vous."))
    if (again := _same_answer(row, at)) is not None:
        return again
    _ensure_as_shown(row, shown, at)
    act = use_act(row.public_id)
    try:
        gesture = comptes_actions.verify_gesture(
            compte=acteur.compte, act=act, response=response, at=at
        )
    except comptes_actions.GestureRefused:
        # The other half of a double click has spent the code typed.
        if (again := _same_answer(_reread(row), at)) is not None:
            return again
        raise
    try:
        with database.atomic():
            held = _held(row, binding=binding, acteur=acteur, at=at, releases=True)
            if (again := _same_answer(held, at)) is not None:
                return again
            _ensure_as_shown(held, shown, at)
            found = queries.obstacle(held, acteur=acteur, session_id=binding.session_id, at=at)
            if found is None:
                comptes_actions.use_gesture(gesture=gesture, compte=acteur.compte, act=act, at=at)
                return _record(held, acteur, at)
    except mandats_actions.MandatRefused as refused:
        found = Obstacle("mandat", refused.message)
    raise _refused(row, acteur, Step.CONFIRM, found, at)


def _ensure_as_shown(row: Transaction, shown: str, at: datetime) -> None:
    """The gesture answers for what was on the screen, by its mark (`queries.choice_of`), and for nothing else."""
    queries.ensure_live(row, at)
    if not hmac.compare_digest(queries.choice_of(row), shown):
        raise ChoiceChanged(
            _("Cette connexion a changé dans une autre page. Relisez, puis confirmez.")
        )


def _reread(row: Transaction) -> Transaction:
    return queries.read_again(row)


def _record(row: Transaction, acteur: Acteur, at: datetime) -> str:
    """Code, end of the transaction, then the use and its line: the journal comes last."""
    if row.autorisation is None:
        raise AssertionError("a transaction is confirmed for an autorisation")
    asked_again = mandats_queries.needs_confirmation(row.autorisation)
    confirmation = (
        mandats_queries.fresh_confirmation(row.autorisation, at=at) if asked_again else None
    )
    service = row.service_declared or ""
    code = _code_of(row)
    AuthorizationCode.objects.create(
        transaction=row, code_hash=sha256(code), created_at=at, expires_at=at + CODE_LIFE
    )
    row.ended_at, row.end_kind = at, EndKind.CONFIRMED
    # Kept on the use from now on.
    row.service_declared = None
    row.save(update_fields=["ended_at", "end_kind", "service_declared"])
    mandats_actions.record_use(
        acteur=acteur,
        autorisation=row.autorisation,
        presence=row.presence,
        absence_reason=row.absence_reason,
        service_declared=service,
        relying_party=row.relying_party.client_id,
        transaction=row.public_id,
        confirmation=confirmation,
        at=at,
    )
    return _answer(row, code=code)


def _code_of(row: Transaction) -> str:
    """256 bits that only this installation can make again: a double click is answered the same."""
    return blind_index(str(row.public_id), domain="oidc_provider.code")


def _same_answer(row: Transaction, at: datetime) -> str | None:
    """The answer already given, while its code has not served."""
    if row.end_kind != EndKind.CONFIRMED:
        return None
    unused = AuthorizationCode.objects.filter(transaction=row, used_at=None, expires_at__gt=at)
    return _answer(row, code=_code_of(row)) if unused.exists() else None


def _answer(row: Transaction, **params: str) -> str:
    return redirect_with(
        row.redirect_uri, {**params, "state": row.state, "iss": settings.TANDEM_SITE_URL}
    )


def cancel_transaction(*, acteur: Acteur, row: Transaction, binding: Binding, at: datetime) -> str:
    """The aidant gives up: nothing is released, the relying party is told (FI-17). Where to send the browser.

    Raises:
        TransactionUnknown: of another browser, session, aidant or structure.
        TransactionOver: already confirmed.
    """
    with database.atomic():
        held = queries.transaction_for(row.public_id, binding=binding, acteur=acteur)
        ended = Transaction.objects.filter(pk=held.pk, ended_at=None).update(
            ended_at=at, end_kind=EndKind.CANCELLED
        )
        held.refresh_from_db(fields=["end_kind"])
    if not ended and held.end_kind != EndKind.CANCELLED:
        raise queries.TransactionOver(_("Cette connexion est déjà confirmée."))
    return _answer(held, error="access_denied")


def end_accompagnement(
    *, acteur: Acteur, row: Transaction, logged_out: bool, filed: bool, at: datetime
) -> None:
    """The aidant declares that the accompagnement is over, and whether they logged out (decision 5).

    `filed`: the démarche is done, so a mandat of one act ends with it. Said twice, it is written once.

    Raises:
        TransactionUnknown: of another, or of a person they do not see any more.
    """
    with database.atomic():
        Transaction.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
        held = queries.accompagnement_for(row.public_id, structures_queries.reread(acteur))
        if held.closed_at is not None:
            return
        held.closed_at = at
        held.save(update_fields=["closed_at"])
        mandat = queries.one_act_of(held, at) if filed else None
        if mandat is not None:
            mandats_actions.finish_act(acteur=acteur, mandat=mandat, at=at)
        record(
            events.ACCOMPAGNEMENT_ENDED,
            author=acteur.author,
            subject=subject_of(held),
            at=at,
            about=about(held),
            facts={
                "transaction": str(held.public_id),
                "logged_out": logged_out,
                "filed": mandat is not None,
            },
        )


def subject_of(row: Transaction) -> Subject:
    return Subject("oidc_provider.transaction", row.public_id)


def about(row: Transaction) -> UUID | None:
    """The usager the line is about, for their own view of the journal."""
    return None if row.usager is None else row.usager.public_id


def journal_refusal(
    row: Transaction, acteur: Acteur, step: Step, found: Obstacle, at: datetime
) -> None:
    """One line: what was refused, at which step, why. Inside a transaction, last."""
    record(
        events.IDENTITY_REFUSED,
        author=acteur.author,
        subject=subject_of(row),
        at=at,
        about=about(row),
        facts={
            "transaction": str(row.public_id),
            "relying_party": row.relying_party.client_id,
            "step": str(step.value),
            "reason": found.reason,
        },
    )


def _refused(
    row: Transaction, acteur: Acteur, step: Step, found: Obstacle, at: datetime
) -> UseRefused:
    """Journal the refusal on its own, the act having left nothing; the refusal to raise."""
    with database.atomic():
        journal_refusal(row, acteur, step, found, at)
    return UseRefused(found.sentence)


def _held(
    row: Transaction, *, binding: Binding, acteur: Acteur, at: datetime, releases: bool = False
) -> Transaction:
    """The row locked and read again: two tabs, two aidants or two clicks come one after the other.

    `releases`: the person and the line are locked too, and one already confirmed may be answered again.
    """
    if _locks_rows():
        fresh = Transaction.objects.select_for_update().order_by().get(pk=row.pk)
        if releases:
            _lock_both(fresh)
    held = queries.transaction_for(row.public_id, binding=binding, acteur=acteur)
    if not (releases and held.end_kind == EndKind.CONFIRMED):
        queries.ensure_live(held, at)
    return held


def locked(row: Transaction) -> Transaction:
    """Lock the usager, then the autorisation, and read all again.

    No release commits after the revocation it ignored (R-12): the later of the two waits, and sees.
    """
    if _locks_rows():
        _lock_both(row)
    return _reread(row)


def _locks_rows() -> bool:
    """On SQLite a transaction holds the whole database from its first statement (`transaction_mode`)."""
    return connections[Transaction.objects.db].features.has_select_for_update


def _lock_both(row: Transaction) -> None:
    for model, pk in ((Usager, row.usager_id), (Autorisation, row.autorisation_id)):
        if pk is not None:
            held = model._default_manager.select_for_update(no_key=True).filter(pk=pk)
            held.order_by().values_list("pk").get()
